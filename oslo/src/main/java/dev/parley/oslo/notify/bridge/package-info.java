/**
 * Logs and requests as notifications: what an application logs, and the requests it serves, for those who listen to its
 * notifications.
 *
 * <ul>
 *   <li>{@link dev.parley.oslo.notify.bridge.NotificationAppender} and {@link
 *       dev.parley.oslo.notify.bridge.ErrorNotificationAppender} are appenders for Logback, the counterparts of
 *       oslo.messaging's {@code LoggingNotificationHandler} and {@code LoggingErrorNotificationHandler}. Module {@code
 *       parley-system-logger} does the same for {@link java.lang.System.Logger}.
 *   <li>{@link dev.parley.oslo.notify.bridge.RequestNotificationFilter} is a servlet filter, the counterpart of {@code
 *       RequestNotifier}, and {@link dev.parley.oslo.notify.bridge.RequestNotificationInterceptor} the same for Parley's
 *       servers.
 * </ul>
 *
 * <p>Logback and the servlet API are optional dependencies of this module.
 */
@NullMarked
package dev.parley.oslo.notify.bridge;

import org.jspecify.annotations.NullMarked;
