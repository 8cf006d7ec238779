package dev.parley.zerorpc.channel;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.security.Authenticator;
import dev.parley.security.Credentials;
import dev.parley.security.LoginLimits;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Authentication;
import dev.parley.zmtp.security.CurveKey;
import dev.parley.zmtp.security.CurveKeyPair;
import dev.parley.zmtp.security.ZmtpSecurity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an address says about security: the options {@code mechanism}, {@code server_key}, {@code key_file} and
 * {@code client_keys}, and the user info. Immutable.
 */
public final class SecurityOptions {
    private enum Mechanism {
        NULL,
        PLAIN,
        CURVE
    }

    private final Address address;
    private final Mechanism mechanism;
    private final @Nullable String user;
    private final @Nullable String password;
    private final @Nullable String serverKey;
    private final @Nullable String keyFile;
    private final @Nullable String clientKeys;

    /**
     * The security of a server.
     *
     * @param zmtp what its socket uses
     * @param own checks the credentials of callers for this address alone; {@code null} if the server's own does
     * @param everybody who all callers are; {@code null} if the credentials of each say who it is, or nothing does
     */
    public record OfServer(
            ZmtpSecurity zmtp,
            @Nullable Authentication own,
            @Nullable Principal everybody) {}

    SecurityOptions(Address address, AddressOptions options) {
        this.address = address;
        user = options.user();
        password = options.password();
        serverKey = options.textOrNull("server_key");
        keyFile = options.textOrNull("key_file");
        clientKeys = options.textOrNull("client_keys");
        boolean hasKeys = serverKey != null || keyFile != null || clientKeys != null;
        Mechanism implied = user != null ? Mechanism.PLAIN : hasKeys ? Mechanism.CURVE : Mechanism.NULL;
        mechanism = options.choice("mechanism", implied, Mechanism.class);
        if (user != null && mechanism != Mechanism.PLAIN) {
            throw new InvalidTargetException(address + " has a user and password, which mechanism=plain alone has");
        }
        if (hasKeys && mechanism != Mechanism.CURVE) {
            throw new InvalidTargetException(
                    address + " has keys, which mechanism=curve alone has: server_key, key_file, client_keys");
        }
    }

    /**
     * The security of a client.
     *
     * @throws InvalidTargetException if a key or the password is missing or cannot be used
     */
    public ZmtpSecurity ofClient() {
        return switch (mechanism) {
            case NULL -> ZmtpSecurity.none();
            case PLAIN -> plainClient();
            case CURVE ->
                ZmtpSecurity.curveClient(
                        serverKey(), keyFile == null ? CurveKeyPair.generate() : CurveKeyPair.read(Path.of(keyFile)));
        };
    }

    private ZmtpSecurity plainClient() {
        if (user == null) {
            throw new InvalidTargetException(
                    address + " needs a user and password, as in zerorpc+tcp://user:password@host:4242");
        }
        try {
            return ZmtpSecurity.plainClient(user, password == null ? "" : password);
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException(address + ": " + e.getMessage(), e);
        }
    }

    private CurveKey serverKey() {
        if (serverKey == null) {
            throw new InvalidTargetException(address + " needs the option server_key: the server's public key, in 64"
                    + " hexadecimal digits or Z85, or a file that has it");
        }
        Path file = Path.of(serverKey);
        // A path of 40 characters may be a key in Z85 as well.
        if (Files.isRegularFile(file)) {
            return CurveKey.read(file);
        }
        try {
            return CurveKey.parse(serverKey);
        } catch (IllegalArgumentException e) {
            return CurveKey.read(file);
        }
    }

    /**
     * The security of a server.
     *
     * @param authentication the server's own, for all its addresses; {@code null} if it has none
     * @throws InvalidTargetException if keys are missing or cannot be used, or it is not said who may call
     */
    public OfServer ofServer(@Nullable Authentication authentication) {
        return switch (mechanism) {
            case NULL ->
                new OfServer(
                        ZmtpSecurity.none(),
                        null,
                        authentication == null
                                ? null
                                : authentication.withoutCredentials(
                                        address,
                                        "carries no credentials without mechanism=plain (passwords) or mechanism=curve"
                                                + " (public keys)"));
            case PLAIN -> plainServer(authentication);
            case CURVE -> curveServer(authentication);
        };
    }

    private OfServer plainServer(@Nullable Authentication authentication) {
        if (user != null) {
            if (authentication != null) {
                throw new InvalidTargetException(address
                        + " has user info beside the server's authenticator, which would be without effect; leave it"
                        + " out");
            }
            Authenticator one = Authenticator.password(user, password == null ? "" : password);
            Authentication own = new Authentication(one, LoginLimits.defaults());
            return new OfServer(ZmtpSecurity.plainServer(own::authenticate), own, null);
        }
        if (authentication == null || !authentication.accepts(Credentials.Password.class)) {
            throw new InvalidTargetException(address + " has mechanism=plain and needs a user and password in the"
                    + " address, or an authenticator of the server that accepts passwords");
        }
        return new OfServer(ZmtpSecurity.plainServer(authentication::authenticate), null, null);
    }

    private OfServer curveServer(@Nullable Authentication authentication) {
        if (keyFile == null) {
            throw new InvalidTargetException(
                    address + " needs the option key_file: the file with the server's secret key, NAME.key_secret");
        }
        CurveKeyPair keys = CurveKeyPair.read(Path.of(keyFile));
        if (serverKey != null && !serverKey().equals(keys.publicKey())) {
            throw new InvalidTargetException(address + " has a server_key that is not the public key of its key_file");
        }
        if (clientKeys != null) {
            if (authentication != null) {
                throw new InvalidTargetException(address
                        + " has client_keys beside the server's authenticator, which would be without effect; leave"
                        + " them out");
            }
            Authentication own = new Authentication(new ClientKeys(clientKeys), LoginLimits.defaults());
            return new OfServer(ZmtpSecurity.curveServer(keys, own::authenticate), own, null);
        }
        if (authentication == null || !authentication.accepts(Credentials.PublicKey.class)) {
            throw new InvalidTargetException(address + " needs to say which clients may call: client_keys=FOLDER with"
                    + " their certificates, client_keys=any, or an authenticator of the server that accepts public"
                    + " keys");
        }
        return new OfServer(ZmtpSecurity.curveServer(keys, authentication::authenticate), null, null);
    }

    /** Whether anybody may call who finds the server: nothing says who may. */
    public boolean isOpenToAll() {
        return mechanism == Mechanism.NULL || ClientKeys.ANY.equals(clientKeys);
    }

    /** A server's address as its clients can use it: with the public key instead of what the server alone knows. */
    public Address forClients(Address bound) {
        if (mechanism != Mechanism.CURVE || keyFile == null) {
            return bound;
        }
        String others = bound.withoutOptions(Set.of("key_file", "client_keys", "server_key"))
                .toUri();
        return Address.parse(others + (others.indexOf('?') < 0 ? '?' : '&') + "server_key="
                + CurveKeyPair.read(Path.of(keyFile)).publicKey().hex());
    }
}
