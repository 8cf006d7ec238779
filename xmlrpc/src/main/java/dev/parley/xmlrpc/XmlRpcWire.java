package dev.parley.xmlrpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Target;
import dev.parley.net.http.rpc.HttpAddress;
import dev.parley.net.http.rpc.HttpRpcListener;
import dev.parley.net.http.rpc.HttpRpcTransport;
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
 * dates and times, which have none on the wire; and {@code peer}, a {@link dev.parley.PeerProfile}. Of a server: {@code faults}, {@code standard} (the default: codes of
 * the fault code interoperability set, Parley's
 * own wording) or {@code python} (code 1 and {@code <class 'ValueError'>:message}).
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
        String path = HttpAddress.path(address, options, "");
        var server = HttpAddress.server(address, options, context.values().limits(), context.tls());
        XmlRpcMapper mapper = mapper(options, context.values().forPeer(options.ofServer()));
        boolean pythonFaults =
                options.ofServer().choice("faults", "standard", "python").equals("python");
        options.refuseOthers();
        XmlRpcHandler handler = new XmlRpcHandler(address.scheme(), context.dispatcher(), mapper, pythonFaults);
        return HttpRpcListener.start(
                options.forClients(),
                server,
                path.isEmpty() ? List.of(DEFAULT_PATH, "/") : List.of(path),
                context::tls,
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
