//! One script tag for any site: `<script type="module" src="https://your-server/repartee.js"></script>`.

import { CallElement } from "./element.js";

if (!customElements.get("repartee-call")) customElements.define("repartee-call", CallElement);

export { CallElement };
export { Call } from "./call.js";
