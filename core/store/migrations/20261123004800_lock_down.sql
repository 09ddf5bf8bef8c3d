-- Last: the doors of everything made above. A later migration that makes a table or function ends with the same call.
call tf.lock_down();
