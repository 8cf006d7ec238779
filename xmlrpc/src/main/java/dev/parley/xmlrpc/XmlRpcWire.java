package dev.parley.xmlrpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.RpcHandler;
import dev.parley.Target;
import dev.parley.net.http.rpc.DocumentationPage;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.rpc.HttpRpcHandler;
import dev.parley.net.http.rpc.HttpRpcListener;
import dev.parley.net.http.rpc.HttpRpcTransport;
import dev.parley.net.http.rpc.HttpSettings;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.spi.ValueMapping;
import dev.parley.spi.Wire;
import dev.parley.xmlrpc.format.XmlRpcFactory;
import dev.parley.xmlrpc.format.XmlRpcMapper;
import dev.parley.xmlrpc.format.XmlRpcWriteFeature;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * XML-RPC over HTTP: {@code xmlrpc+http://host:port/path}, {@code xmlrpc+https://…} and {@code xmlrpc+unix:///file}.
 *
 * <p>Without a path a server answers at {@code /RPC2} and at {@code /}, and a client asks at {@code /RPC2}, as Python's
 * do. Options of both sides, besides those
 * of {@link HttpAddress}: {@code i8} (default false) and {@code nil} (default true),
 * {@code ascii} (default false), see {@link XmlRpcWriteFeature},
 * and {@code zone} (default UTC), the zone of
 * dates and times, which have none on the wire; {@code biginteger} (default false); and {@code peer}, a
 * {@link dev.parley.PeerProfile}. Of a server: {@code faults}, {@code standard} (the default: codes of
 * the fault code interoperability set, Parley's
 * own wording) or {@code python} (code 1 and {@code <class 'ValueError'>:message}); {@code introspection} (default
 * true), the {@code system} methods; {@code max_batch} (default 100,000), the calls of one multicall, 0 for no
 * multicall; and {@code docs} (default false), see {@link DocumentationPage}.
 */
public final class XmlRpcWire implements Wire {
    private static final String DEFAULT_PATH = "/RPC2";

    /** For {@link java.util.ServiceLoader}. */
    public XmlRpcWire() {}

    @Override
    public Set<String> schemes() {
        return Set.of("xmlrpc+http", "xmlrpc+https", "xmlrpc+unix");
    }

    @Override
    public Set<String> shortForms() {
        return Set.of("http(s)://…/RPC2", "http(s)://…/xmlrpc");
    }

    @Override
    public @Nullable String expand(Address shortForm) {
        if (!shortForm.scheme().equals("http") && !shortForm.scheme().equals("https")) {
            return null;
        }
        String path = shortForm.path().toLowerCase(Locale.ROOT);
        return path.contains("rpc2") || path.contains("xmlrpc") || path.contains("xml-rpc")
                ? "xmlrpc+" + shortForm.scheme()
                : null;
    }

    @Override
    public Listener listen(Address address, Target target, ServerContext context) {
        AddressOptions options = new AddressOptions(address);
        List<String> paths = HttpAddress.paths(address, options, List.of(DEFAULT_PATH, "/"));
        HttpSettings settings = HttpAddress.settings(address, options, context);
        HttpRpcHandler handler = handler(address.scheme(), options, context);
        options.refuseOthers();
        return HttpRpcListener.start(options.forClients(), settings, paths, context, handler, null);
    }

    @Override
    public RpcHandler handler(Address address, ServerContext context) {
        AddressOptions options = new AddressOptions(address);
        HttpRpcHandler handler = handler(address.scheme(), options, context);
        options.refuseOthers();
        return handler;
    }

    private static HttpRpcHandler handler(String scheme, AddressOptions options, ServerContext context) {
        AddressOptions own = options.ofServer();
        XmlRpcHandler handler = new XmlRpcHandler(
                scheme,
                context.dispatcher(),
                mapper(options, context.values().forPeer(own)),
                own.choice("faults", "standard", "python").equals("python"),
                own.flag("introspection", true),
                own.integer("max_batch", 100_000, 0, Integer.MAX_VALUE));
        return new HttpRpcHandler(
                DocumentationPage.Protocol.XML_RPC,
                options,
                context.dispatcher(),
                context.values().limits().messageBytes(),
                handler::handle);
    }

    @Override
    public ClientTransport connect(Address address, ClientContext context) {
        AddressOptions options = new AddressOptions(address);
        String path = HttpAddress.path(address, options, DEFAULT_PATH);
        var client = HttpAddress.client(address, options, context.values().limits(), path, context.tls())
                .headers(XmlRpcHttp.HEADERS);
        XmlRpcMapper mapper = mapper(options, context.values().forPeer(options));
        options.refuseOthers();
        return new HttpRpcTransport(address, client.build(), new XmlRpcHttp(address, mapper));
    }

    static XmlRpcMapper mapper(AddressOptions options, ValueMapping values) {
        XmlRpcFactory factory = XmlRpcFactory.builder()
                .configure(XmlRpcWriteFeature.I8, options.flag("i8", XmlRpcWriteFeature.I8.enabledByDefault()))
                .configure(XmlRpcWriteFeature.BIGINTEGER, options.flag("biginteger", false))
                .configure(XmlRpcWriteFeature.NIL, options.flag("nil", XmlRpcWriteFeature.NIL.enabledByDefault()))
                .configure(XmlRpcWriteFeature.ASCII, options.flag("ascii", XmlRpcWriteFeature.ASCII.enabledByDefault()))
                .streamReadConstraints(values.readConstraints())
                .streamWriteConstraints(values.writeConstraints())
                .build();
        return values.mapper(XmlRpcMapper.builder(factory, zone(options)));
    }

    private static ZoneId zone(AddressOptions options) {
        String name = Objects.requireNonNull(options.text("zone", "UTC"));
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new InvalidTargetException(
                    "option zone=" + name + " must be a time zone such as Europe/Paris or UTC");
        }
    }
}
