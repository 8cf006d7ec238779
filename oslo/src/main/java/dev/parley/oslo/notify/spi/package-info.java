/** What notifications need of a broker: publishing with confirms, consuming with settlement. */
@NullMarked
package dev.parley.oslo.notify.spi;

import org.jspecify.annotations.NullMarked;
