"use strict";
/*
 * Loaded into Node before the user's program. The SDK shows an error by `util.inspect`, which on Node 20 walks whatever the error reaches:
 * minutes and gigabytes for a missing configuration value. An error's stack says the same.
 */
const util = require("util");

util.inspect = new Proxy(util.inspect, {
    apply(inspect, self, [value, ...options]) {
        return value instanceof Error && typeof value.stack === "string" ? value.stack : Reflect.apply(inspect, self, [value, ...options]);
    },
});
