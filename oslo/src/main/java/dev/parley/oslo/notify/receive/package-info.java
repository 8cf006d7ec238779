/** The receiving side of notifications: endpoints, filters, batches, redelivery. */
@NullMarked
package dev.parley.oslo.notify.receive;

import org.jspecify.annotations.NullMarked;
