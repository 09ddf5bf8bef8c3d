"""Values and rules of the product: frozen, without I/O, importing nothing but the standard library."""
