/** Lets node run the pages' modules: addresses under /static are files of the project. */

import { registerHooks } from "node:module";

const PROJECT = new URL("../../", import.meta.url);

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier.startsWith("/static/") ? new URL(specifier.slice(1), PROJECT).href : specifier, context),
});
