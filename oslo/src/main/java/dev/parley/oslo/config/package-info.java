/**
 * The configuration of an OpenStack service: files, folders and environment variables, as oslo.config reads them, and
 * the options among them that concern messaging.
 */
@NullMarked
package dev.parley.oslo.config;

import org.jspecify.annotations.NullMarked;
