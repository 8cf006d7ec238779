/** Publishes the records of {@link java.lang.System.Logger} as notifications of oslo.messaging. */
module dev.parley.systemlogger {
    requires transitive dev.parley.oslo;
    requires java.logging;

    exports dev.parley.systemlogger;

    uses System.LoggerFinder;

    provides System.LoggerFinder with
            dev.parley.systemlogger.NotifyingLoggerFinder;
}
