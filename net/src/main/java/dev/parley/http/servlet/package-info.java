/**
 * Services in a servlet container, Jakarta Servlet 6 or later. Whoever uses this has {@code jakarta.servlet-api};
 * Parley does not depend on it otherwise.
 */
@NullMarked
package dev.parley.http.servlet;

import org.jspecify.annotations.NullMarked;
