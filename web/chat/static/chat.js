// The page's script: each module enhances one part of what already works without it.
import { start as startComposer } from "./composer.js";
import { start as startKeep } from "./keep.js";
import { start as startPress } from "./press.js";
import { start as startStream } from "./stream.js";
import { start as startToasts } from "./toast.js";
import { start as startTranscript } from "./transcript.js";
import { start as startViewer } from "./viewer.js";

document.documentElement.classList.add("scripted");
startToasts();
startTranscript();
startViewer();
startKeep();
startPress();
startComposer();
startStream();
