/** The API, the dispatcher and the value mapping that every wire shares. */
module dev.parley.core {
    requires transitive org.jspecify;
    requires transitive tools.jackson.databind;
    requires org.slf4j;

    exports dev.parley;
    exports dev.parley.security;
    exports dev.parley.spi;
    exports dev.parley.spi.format;

    uses dev.parley.spi.Wire;

    provides dev.parley.spi.Wire with
            dev.parley.internal.inprocess.InProcessWire;
}
