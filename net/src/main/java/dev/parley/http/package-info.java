/**
 * What users of the wires over HTTP can set for each call: {@link dev.parley.http.HttpCallOptions}; the other settings
 * are options of the address. {@link dev.parley.http.CgiResponder} serves methods by CGI.
 */
@NullMarked
package dev.parley.http;

import org.jspecify.annotations.NullMarked;
