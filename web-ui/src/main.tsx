/** Start. */

import { render } from "preact";
import { App } from "./app";
import { followLinks } from "./lib/route";
import { follow } from "./lib/theme";
import "./style/tokens.css";
import "./style/base.css";
import "./style/layout.css";
import "./style/chart.css";
import "./style/parts.css";

follow();
followLinks();
const place = document.getElementById("app");
if (place) render(<App />, place);
