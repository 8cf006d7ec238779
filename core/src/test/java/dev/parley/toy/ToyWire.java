package dev.parley.toy;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.ArgumentStyle;
import dev.parley.CallOption;
import dev.parley.ClientRequest;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ErrorCodes;
import dev.parley.spi.Listener;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.ServerCall;
import dev.parley.spi.ServerContext;
import dev.parley.spi.StartedCall;
import dev.parley.spi.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The smallest wire that has all there is: a scheme with a short form, an address option, a call option, error codes of
 * its own. A connection carries one call: a line of JSON each way. Only core knows of it what every wire declares,
 * which shows that a protocol is one module.
 */
public final class ToyWire implements Wire {
    /** Sent along, and handed to the method in its metadata. */
    public static final CallOption<String> COLOR = CallOption.of("color");

    private static final ErrorCodes CODES = ErrorCodes.builder(1)
            .both(MethodNotFoundException.class, 2)
            .both(InvalidArgumentsException.class, 3)
            .both(OverloadedException.class, 4)
            .build();

    @Override
    public Set<String> schemes() {
        return Set.of("toy+tcp");
    }

    @Override
    public @Nullable String expand(Address shortForm) {
        return shortForm.scheme().equals("toy") ? "toy+tcp" : null;
    }

    @Override
    public Set<String> shortForms() {
        return Set.of("toy://host:port");
    }

    @Override
    public Listener listen(Address address, Target target, ServerContext context) {
        AddressOptions options = new AddressOptions(address);
        options.refuseOthers();
        try {
            ToyListener listener = new ToyListener(
                    address, context, new ServerSocket(address.port(0), 50, InetAddress.getByName(address.host())));
            listener.start();
            return listener;
        } catch (IOException e) {
            throw new ConnectionLostException("cannot listen on " + address, e);
        }
    }

    @Override
    public ClientTransport connect(Address address, ClientContext context) {
        AddressOptions options = new AddressOptions(address);
        boolean upper = options.flag("upper", false);
        options.refuseOthers();
        return new ToyTransport(address, upper, context.values().json());
    }

    private static final class ToyTransport implements ClientTransport {
        private final Address address;
        private final boolean upper;
        private final ObjectMapper mapper;
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();

        ToyTransport(Address address, boolean upper, ObjectMapper mapper) {
            this.address = address;
            this.upper = upper;
            this.mapper = mapper;
        }

        @Override
        public ArgumentStyle argumentStyle() {
            return ArgumentStyle.POSITIONAL;
        }

        @Override
        public ObjectMapper mapper() {
            return mapper;
        }

        @Override
        public Set<CallOption<?>> callOptions() {
            return Set.of(COLOR);
        }

        @Override
        public boolean blocks() {
            return true;
        }

        @Override
        public StartedCall start(ClientCall call, ResponseListener listener) {
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("method", upper ? call.method().toUpperCase(java.util.Locale.ROOT) : call.method());
            request.put("args", ((Args.Positional) call.args()).values());
            request.put("cast", call.kind() == ClientRequest.Kind.CAST);
            String color = call.options().get(COLOR);
            request.put("color", color == null ? "" : color);
            byte[] line = mapper.writeValueAsBytes(request);
            return new StartedCall() {
                @Override
                public void cancel() {}

                @Override
                public void run() {
                    exchange(call, line, listener);
                }
            };
        }

        private void exchange(ClientCall call, byte[] line, ResponseListener listener) {
            try (Socket socket = new Socket(address.host(), address.port(0))) {
                open.add(socket);
                try {
                    socket.setSoTimeout((int) Math.max(1, call.remainingNanos() / 1_000_000 + 1));
                    socket.getOutputStream().write(line);
                    socket.getOutputStream().write('\n');
                    JsonNode response = mapper.readTree(line(socket));
                    if (response.has("code")) {
                        listener.onFailure(CODES.error(
                                response.path("code").asInt(),
                                response.path("message").asString(),
                                response.has("data") ? mapper.treeToValue(response.path("data"), Object.class) : null));
                    } else if (call.kind() == ClientRequest.Kind.CAST) {
                        listener.onSent();
                    } else {
                        listener.onResult(
                                (readers, read) -> readers.read(mapper.treeAsTokens(response.path("result")), read));
                    }
                } finally {
                    open.remove(socket);
                }
            } catch (SocketTimeoutException e) {
                listener.onFailure(new RpcTimeoutException("the socket timed out", e));
            } catch (IOException e) {
                listener.onFailure(new ConnectionLostException("connection to " + address + " lost", e));
            }
        }

        @Override
        public void close() {
            open.forEach(ToyWire::close);
        }
    }

    private static final class ToyListener implements Listener {
        private final Address address;
        private final ServerContext context;
        private final ServerSocket server;

        ToyListener(Address address, ServerContext context, ServerSocket server) {
            this.address = address;
            this.context = context;
            this.server = server;
        }

        void start() {
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket socket = server.accept();
                        Thread.ofVirtual().start(() -> serve(socket));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
        }

        private void serve(Socket socket) {
            try {
                JsonNode request = context.values().json().readTree(line(socket));
                ToyCall call = new ToyCall(context.values().json(), request, socket);
                context.dispatcher().source(() -> {}).dispatch(call);
                if (socket.getInputStream().read() < 0) {
                    call.cancel();
                }
            } catch (IOException e) {
                ToyWire.close(socket);
            }
        }

        @Override
        public Address address() {
            return address.withPort(server.getLocalPort());
        }

        @Override
        public void stop() {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            stop();
        }
    }

    private static final class ToyCall extends ServerCall {
        private final ObjectMapper mapper;
        private final JsonNode request;
        private final Socket socket;

        ToyCall(ObjectMapper mapper, JsonNode request, Socket socket) {
            this.mapper = mapper;
            this.request = request;
            this.socket = socket;
        }

        @Override
        public String method() {
            return request.path("method").asString();
        }

        @Override
        public ObjectMapper mapper() {
            return mapper;
        }

        @Override
        public JsonParser arguments() {
            return mapper.treeAsTokens(request.path("args"));
        }

        @Override
        public String wire() {
            return "toy+tcp";
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of("color", request.path("color").asString());
        }

        @Override
        public void reply(@Nullable Object value, Type type) {
            Map<String, @Nullable Object> response = new LinkedHashMap<>();
            response.put("result", value);
            send(response);
        }

        @Override
        public void fail(RpcException error) {
            Map<String, @Nullable Object> response = new LinkedHashMap<>();
            response.put("code", CODES.of(error));
            response.put("message", error.getMessage());
            if (error.data() != null) {
                response.put("data", error.data());
            }
            send(response);
        }

        private void send(Map<String, @Nullable Object> response) {
            try (socket) {
                socket.getOutputStream().write(mapper.writeValueAsBytes(response));
                socket.getOutputStream().write('\n');
            } catch (IOException e) {
                // The caller is gone.
            }
        }
    }

    private static String line(Socket socket) throws IOException {
        String line =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (line == null) {
            throw new IOException("the peer closed the connection");
        }
        return line;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }
}
