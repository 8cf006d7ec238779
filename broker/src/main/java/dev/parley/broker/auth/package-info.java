/**
 * Users, the SASL mechanisms they log in with, and what they may do in a virtual host.
 */
@NullMarked
package dev.parley.broker.auth;

import org.jspecify.annotations.NullMarked;
