package dev.parley.zerorpc.channel;

import dev.parley.zmtp.SocketType;

/** What goes from clients to servers, and the types of their sockets. Immutable. */
public enum Pattern {
    /** Calls, as zerorpc's Client and Server. */
    CALL(SocketType.DEALER, SocketType.ROUTER),
    /** Casts, each to one of the servers, as zerorpc's Pusher and Puller. */
    PUSH(SocketType.PUSH, SocketType.PULL),
    /** Casts to all servers, as zerorpc's Publisher and Subscriber. */
    PUBLISH(SocketType.PUB, SocketType.SUB);

    private final SocketType clientType;
    private final SocketType serverType;

    Pattern(SocketType clientType, SocketType serverType) {
        this.clientType = clientType;
        this.serverType = serverType;
    }

    /** The type of a client's socket. */
    public SocketType clientType() {
        return clientType;
    }

    /** The type of a server's socket. */
    public SocketType serverType() {
        return serverType;
    }
}
