/**
 * What users of the wires over HTTP can set for each call: {@link dev.parley.http.HttpCallOptions}. The other settings
 * are options of the address.
 */
@NullMarked
package dev.parley.http;

import org.jspecify.annotations.NullMarked;
