/** The page's entry. */

import { findTransport } from "./transport.js";
import { start } from "./ui/app.js";

declare const VERSION: string;

start(findTransport(), VERSION);
