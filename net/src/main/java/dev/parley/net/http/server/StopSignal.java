package dev.parley.net.http.server;

/** Fired through the pipeline of each connection when its {@link HttpServer} stops. */
public enum StopSignal {
    STOP
}
