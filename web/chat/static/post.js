// Posting: what was sent once is offered again under the same id until the factory has taken it.
import { connect } from "./stream.js";
import { toast } from "./toast.js";

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 8000;
const token = document.querySelector("#press [name=csrf]").value;

export const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

// Resolves to whether it was taken. Only answers that may change by waiting are waited for.
export async function post(path, makeBody) {
  const { erased } = document.body.dataset; // Already before: what deletes everything still has its receipt to show.
  let told = false;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    const answer = await attempt(path, makeBody());
    if (answer && ![429, 502, 503, 504].includes(answer.status)) {
      const said = await answer.json().catch(() => ({}));
      toast(said.toast);
      if (answer.ok && erased) location.reload();
      if (answer.ok) connect();
      return answer.ok;
    }
    if (!told) toast(document.getElementById("offline-toast").innerHTML);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, wait * (0.75 + Math.random() / 2)));
  }
}

async function attempt(path, body) {
  try {
    return await fetch(path, { method: "POST", body, headers: { Accept: "application/json", "X-Form-Token": token } });
  } catch {
    return null; // The network or the server is gone; the caller waits.
  }
}
