/**
 * RabbitMQ's HTTP management API. A request finds its route in {@code Routes}; each family of paths is a resource of
 * its own, which registers its routes in {@code ManagementApi}. A resource answers with maps and lists, which {@code Json}
 * writes, and {@code Listing} sorts and pages.
 */
@NullMarked
package dev.parley.broker.management;

import org.jspecify.annotations.NullMarked;
