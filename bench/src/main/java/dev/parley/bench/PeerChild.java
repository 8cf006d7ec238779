package dev.parley.bench;

import com.googlecode.jsonrpc4j.JsonRpcBasicServer;
import com.googlecode.jsonrpc4j.JsonRpcHttpClient;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.xmlrpc.client.XmlRpcClient;
import org.apache.xmlrpc.client.XmlRpcClientConfigImpl;
import org.apache.xmlrpc.server.PropertyHandlerMapping;
import org.apache.xmlrpc.server.XmlRpcServerConfigImpl;
import org.apache.xmlrpc.webserver.WebServer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * One end of the calls of another RPC system, in a JVM of its own; it speaks with {@link ChildCalls} as {@link
 * CallsChild} does.
 *
 * <pre>
 * serve KIND HOST PORT
 * call KIND HOST:PORT CALLERS
 * </pre>
 */
final class PeerChild {
    private static final int MAX_CONNECTIONS = 256;

    private PeerChild() {}

    /** The systems that are compared. */
    enum Kind {
        /** A request and a response of the size of JSON-RPC's, without any RPC: the floor. */
        HTTP,
        JSONRPC4J,
        APACHE_XMLRPC,
        GRPC,
        /** With {@code directExecutor} on both sides: nothing but the event loops runs anything. */
        GRPC_DIRECT
    }

    /** What the servers serve. Thread-safe. */
    public static final class Adder {
        /** The sum of both. */
        public int add(int x, int y) {
            return x + y;
        }
    }

    /** Runs one end; see the class. */
    public static void main(String[] args) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Kind kind = Kind.valueOf(args[1]);
        if (args[0].equals("serve")) {
            int port = serve(kind, InetAddress.getByName(args[2]), Integer.parseInt(args[3]));
            CallsChild.usages(args[2] + ":" + port, commands);
        } else {
            CallsChild.rounds(client(kind, args[2]), Integer.parseInt(args[3]), commands);
        }
        System.exit(0);
    }

    private static int serve(Kind kind, InetAddress host, int port) throws Exception {
        return switch (kind) {
            case HTTP -> BareHttp.serve(new InetSocketAddress(host, port));
            case JSONRPC4J -> jsonrpc4j(host, port);
            case APACHE_XMLRPC -> apache(host, port);
            case GRPC -> Grpc.serve(new InetSocketAddress(host, port), false);
            case GRPC_DIRECT -> Grpc.serve(new InetSocketAddress(host, port), true);
        };
    }

    private static CallsChild.Call client(Kind kind, String address) throws Exception {
        return switch (kind) {
            case HTTP -> BareHttp.client(address);
            case JSONRPC4J -> {
                JsonRpcHttpClient client = new JsonRpcHttpClient(
                        URI.create("http://" + address + "/").toURL());
                Object[] arguments = {2, 3};
                yield () -> {
                    try {
                        return client.invoke("add", arguments, Integer.class);
                    } catch (Throwable e) {
                        throw new IllegalStateException(e);
                    }
                };
            }
            case APACHE_XMLRPC -> {
                XmlRpcClientConfigImpl config = new XmlRpcClientConfigImpl();
                config.setServerURL(URI.create("http://" + address + "/").toURL());
                XmlRpcClient client = new XmlRpcClient();
                client.setConfig(config);
                Object[] arguments = {2, 3};
                yield () -> (Integer) client.execute("adder.add", arguments);
            }
            case GRPC -> Grpc.client(address, false);
            case GRPC_DIRECT -> Grpc.client(address, true);
        };
    }

    /** On Jetty, since jsonrpc4j has no HTTP server of its own. */
    private static int jsonrpc4j(InetAddress host, int port) throws Exception {
        JsonRpcBasicServer rpc = new JsonRpcBasicServer(new Adder());
        Server jetty = new Server(new InetSocketAddress(host, port));
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(
                new ServletHolder(new HttpServlet() {
                    @Override
                    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        response.setContentType("application/json-rpc");
                        rpc.handleRequest(request.getInputStream(), response.getOutputStream());
                    }
                }),
                "/*");
        jetty.setHandler(context);
        jetty.start();
        return ((ServerConnector) jetty.getConnectors()[0]).getLocalPort();
    }

    private static int apache(InetAddress host, int port) throws Exception {
        WebServer web = new WebServer(port, host);
        PropertyHandlerMapping mapping = new PropertyHandlerMapping();
        mapping.addHandler("adder", Adder.class);
        web.getXmlRpcServer().setHandlerMapping(mapping);
        web.getXmlRpcServer().setMaxThreads(MAX_CONNECTIONS);
        ((XmlRpcServerConfigImpl) web.getXmlRpcServer().getConfig()).setKeepAliveEnabled(true);
        web.start();
        return web.getPort();
    }
}
