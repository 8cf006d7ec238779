package dev.parley.jwt;

import static dev.parley.jwt.Tokens.AUDIENCE;
import static dev.parley.jwt.Tokens.ISSUER;
import static dev.parley.jwt.Tokens.by;
import static dev.parley.jwt.Tokens.claims;
import static dev.parley.jwt.Tokens.json;
import static dev.parley.jwt.Tokens.jwk;
import static dev.parley.jwt.Tokens.pem;
import static dev.parley.jwt.Tokens.token;
import static dev.parley.jwt.Tokens.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.parley.InvalidTargetException;
import dev.parley.security.Credentials;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Which tokens are accepted, and for which reason others are refused. */
class JwtAuthenticatorTest {
    private static final byte[] SECRET =
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final Map<String, Object> RS256 = Map.of("alg", "RS256");

    private static KeyPair rsa;
    private static KeyPair ec;
    private static KeyPair ed;

    @TempDir
    Path folder;

    private final Logger logger = (Logger) LoggerFactory.getLogger(JwtAuthenticator.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = Tokens.rsa(2048);
        ec = Tokens.ec("secp256r1");
        ed = Tokens.ed25519();
    }

    @BeforeEach
    void watch() {
        logger.setLevel(Level.DEBUG);
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void stopWatching() {
        logger.detachAppender(logged);
        logger.setLevel(null);
    }

    private Path file(String content) throws Exception {
        return Files.writeString(Files.createTempFile(folder, "keys", ""), content);
    }

    private static JwtAuthenticatorBuilder builder() {
        return JwtAuthenticator.builder().issuer(ISSUER).audience(AUDIENCE);
    }

    private JwtAuthenticator withKeys(String content) throws Exception {
        return builder().keyFile(file(content)).build();
    }

    private static JwtUser user(JwtAuthenticator authenticator, String token) {
        return (JwtUser) authenticator.authenticate(new Credentials.Token(token));
    }

    private void accepts(JwtAuthenticator authenticator, String token) {
        assertThat(user(authenticator, token)).as("%s", logged.list).isNotNull();
        assertThat(user(authenticator, token).getName()).isEqualTo("alice");
    }

    private void refuses(JwtAuthenticator authenticator, String token, String reason) {
        logged.list.clear();
        assertThat(user(authenticator, token)).isNull();
        assertThat(logged.list).hasSize(1);
        ILoggingEvent event = logged.list.getFirst();
        assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
        assertThat(event.getFormattedMessage()).contains(reason);
        if (token.length() > 20) {
            assertThat(event.getFormattedMessage())
                    .doesNotContain(token.substring(0, 20), token.substring(token.length() - 20));
        }
    }

    @Test
    void acceptsEachKindOfKeyFromPem() throws Exception {
        JwtAuthenticator all = withKeys(pem(rsa.getPublic()) + pem(ec.getPublic()) + pem(ed.getPublic()));

        accepts(all, token(RS256, claims(), by("SHA256withRSA", rsa.getPrivate())));
        accepts(all, token(Map.of("alg", "RS512"), claims(), by("SHA512withRSA", rsa.getPrivate())));
        accepts(all, token(Map.of("alg", "ES256"), claims(), by("SHA256withECDSAinP1363Format", ec.getPrivate())));
        accepts(all, token(Map.of("alg", "EdDSA", "kid", "any"), claims(), by("Ed25519", ed.getPrivate())));
        accepts(all, token(Map.of("alg", "Ed25519", "typ", "at+jwt"), claims(), by("Ed25519", ed.getPrivate())));
    }

    @Test
    void acceptsEachKindOfKeyFromASet() throws Exception {
        Map<String, Object> secret =
                Map.of("kty", "oct", "kid", "s", "k", Tokens.encode(new String(SECRET, StandardCharsets.US_ASCII)));
        Map<String, Object> unknown = Map.of("kty", "new", "kid", "n");
        JwtAuthenticator all = withKeys(json(Map.of(
                "keys",
                List.of(
                        jwk("r", rsa.getPublic()),
                        jwk("e", ec.getPublic()),
                        jwk("d", ed.getPublic()),
                        with(jwk("x", rsa.getPublic()), "use", "enc"),
                        secret,
                        unknown))));

        accepts(all, token(Map.of("alg", "RS256", "kid", "r"), claims(), by("SHA256withRSA", rsa.getPrivate())));
        accepts(all, token(RS256, claims(), by("SHA256withRSA", rsa.getPrivate())));
        accepts(
                all,
                token(
                        Map.of("alg", "ES256", "kid", "e"),
                        claims(),
                        by("SHA256withECDSAinP1363Format", ec.getPrivate())));
        accepts(all, token(Map.of("alg", "EdDSA", "kid", "d"), claims(), by("Ed25519", ed.getPrivate())));
        accepts(all, token(Map.of("alg", "HS256", "kid", "s"), claims(), by("HmacSHA256", SECRET)));
        refuses(
                all,
                token(Map.of("alg", "RS256", "kid", "z"), claims(), by("SHA256withRSA", rsa.getPrivate())),
                "no key has the kid z");
        refuses(
                all,
                token(Map.of("alg", "RS256", "kid", "x"), claims(), by("SHA256withRSA", rsa.getPrivate())),
                "no key has the kid x");
        refuses(
                all,
                token(Map.of("alg", "RS256", "kid", "e"), claims(), by("SHA256withRSA", rsa.getPrivate())),
                "RS256 fits no key");
    }

    @Test
    void acceptsASharedSecret() throws Exception {
        JwtAuthenticator authenticator = builder()
                .secretFile(file(new String(SECRET, StandardCharsets.US_ASCII) + "\n"))
                .build();

        accepts(authenticator, token(Map.of("alg", "HS256"), claims(), by("HmacSHA256", SECRET)));
        accepts(authenticator, token(Map.of("alg", "HS512"), claims(), by("HmacSHA512", SECRET)));
        refuses(
                authenticator,
                token(Map.of("alg", "HS256"), claims(), by("HmacSHA256", Arrays.copyOf(SECRET, 63))),
                "signature is wrong");
        refuses(authenticator, token(RS256, claims(), by("SHA256withRSA", rsa.getPrivate())), "RS256 fits no key");
        assertThatThrownBy(() -> builder().secretFile(file("too-short")).build())
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("9 bytes; at least 32")
                .hasMessageNotContaining("too-short");
    }

    @Test
    void aShortSecretIsNotForLongHashes() throws Exception {
        byte[] secret = Arrays.copyOf(SECRET, 32);
        JwtAuthenticator authenticator = builder()
                .secretFile(file(new String(secret, StandardCharsets.US_ASCII)))
                .build();

        accepts(authenticator, token(Map.of("alg", "HS256"), claims(), by("HmacSHA256", secret)));
        refuses(authenticator, token(Map.of("alg", "HS512"), claims(), by("HmacSHA512", secret)), "HS512 fits no key");
    }

    @Test
    void refusesUnsignedAndForgedTokens() throws Exception {
        String pem = pem(rsa.getPublic());
        JwtAuthenticator authenticator = withKeys(pem);
        Tokens.Signer nothing = input -> new byte[0];
        refuses(authenticator, token(Map.of("alg", "none"), claims(), nothing), "not a signed JWT");
        refuses(authenticator, token(Map.of("alg", "None"), claims(), nothing), "not a signed JWT");
        refuses(authenticator, token(RS256, claims(), nothing), "");

        // The public key is no secret of HMAC, in none of its forms.
        for (byte[] secret : List.of(
                pem.getBytes(StandardCharsets.US_ASCII),
                pem.strip().getBytes(StandardCharsets.US_ASCII),
                rsa.getPublic().getEncoded())) {
            refuses(
                    authenticator,
                    token(Map.of("alg", "HS256"), claims(), by("HmacSHA256", secret)),
                    "HS256 fits no key");
        }

        KeyPair other = Tokens.rsa(2048);
        refuses(authenticator, token(RS256, claims(), by("SHA256withRSA", other.getPrivate())), "signature is wrong");
        // Keys that the token itself brings along or points to are not looked at.
        for (Map<String, Object> header : List.<Map<String, Object>>of(
                Map.of("alg", "RS256", "jwk", jwk(null, other.getPublic())),
                Map.of("alg", "RS256", "jku", "https://127.0.0.1:1/keys"),
                Map.of("alg", "RS256", "x5u", "https://127.0.0.1:1/cert"))) {
            refuses(
                    authenticator,
                    token(header, claims(), by("SHA256withRSA", other.getPrivate())),
                    "signature is wrong");
        }

        String good = token(RS256, claims(), by("SHA256withRSA", rsa.getPrivate()));
        String[] parts = good.split("\\.");
        String changed = Tokens.encode(json(with(claims(), "sub", "admin")));
        refuses(authenticator, parts[0] + "." + changed + "." + parts[2], "signature is wrong");
    }

    @Test
    void refusesAZeroSignatureOfEcdsa() throws Exception {
        JwtAuthenticator authenticator = withKeys(pem(ec.getPublic()));
        refuses(authenticator, token(Map.of("alg", "ES256"), claims(), input -> new byte[64]), "signature");
        refuses(
                authenticator,
                token(Map.of("alg", "ES384"), claims(), by("SHA384withECDSAinP1363Format", ec.getPrivate())),
                "ES384 fits no key");
    }

    @Test
    void refusesGarbageAndHugeTokens() throws Exception {
        JwtAuthenticator authenticator = withKeys(pem(rsa.getPublic()));
        Tokens.Signer signer = by("SHA256withRSA", rsa.getPrivate());
        String good = token(RS256, claims(), signer);
        for (String garbage : List.of(
                "",
                ".",
                "..",
                "...",
                "a.b.c",
                "\u0000.\u0000.\u0000",
                "é.é.é",
                good + ".",
                good + ".x.y",
                "{}",
                good.substring(0, good.lastIndexOf('.')))) {
            refuses(authenticator, garbage, "not a signed JWT");
        }
        for (String header : List.of(
                "[]",
                "null",
                "{\"alg\":7}",
                "{}",
                "{\"alg\":\"RS256\",\"jku\":\":\"}",
                "{\"alg\":\"RS256\",\"a\":" + "[".repeat(3000),
                "{\"alg\":\"dir\",\"enc\":\"A128GCM\"}")) {
            refuses(authenticator, token(header, json(claims()), signer), "");
        }
        refuses(authenticator, token(RS256, with(claims(), "x", "x".repeat(7000)), signer), "limit of 8192");
        refuses(authenticator, "x".repeat(5_000_000), "limit of 8192");
        refuses(authenticator, token(json(RS256), "[1]", signer), "");
        refuses(authenticator, token(json(RS256), "x", signer), "");
        refuses(authenticator, token(json(RS256), json(with(claims(), "exp", "soon")), signer), "malformed");
        refuses(
                authenticator,
                token(Map.of("alg", "RS256", "crit", List.of("b64"), "b64", false), claims(), signer),
                "");
        refuses(authenticator, token(Map.of("alg", "RS256", "crit", List.of("x"), "x", 1), claims(), signer), "");
        refuses(authenticator, token(Map.of("alg", "RS256", "typ", "logout+jwt"), claims(), signer), "type is logout");
        assertThat(authenticator.authenticate(new Credentials.Password("alice", good)))
                .isNull();
    }

    @Test
    void checksClaims() throws Exception {
        JwtAuthenticator authenticator = withKeys(pem(rsa.getPublic()));
        Tokens.Signer signer = by("SHA256withRSA", rsa.getPrivate());
        accepts(authenticator, token(RS256, with(claims(), "aud", List.of("other", AUDIENCE)), signer));

        refuses(authenticator, token(RS256, with(claims(), "iss", "https://issuer.example/"), signer), "iss");
        refuses(authenticator, token(RS256, with(claims(), "iss", null), signer), "iss");
        refuses(authenticator, token(RS256, with(claims(), "aud", "calculator2"), signer), "aud claim");
        refuses(authenticator, token(RS256, with(claims(), "aud", List.of()), signer), "aud claim");
        refuses(authenticator, token(RS256, with(claims(), "aud", null), signer), "");
        refuses(authenticator, token(RS256, with(claims(), "exp", null), signer), "exp");
        for (Object sub : Arrays.asList(null, "", " ")) {
            refuses(authenticator, token(RS256, with(claims(), "sub", sub), signer), "no claim sub");
        }
        refuses(authenticator, token(RS256, with(claims(), "sub", 7), signer), "");
    }

    @Test
    void checksTimesWithTheSkew() throws Exception {
        Instant now = Instant.parse("2030-01-01T00:00:00Z");
        Path keys = file(pem(rsa.getPublic()));
        JwtAuthenticator authenticator =
                builder().keyFile(keys).clock(Clock.fixed(now, ZoneOffset.UTC)).build();
        JwtAuthenticator exact = builder()
                .keyFile(keys)
                .clockSkew(Duration.ZERO)
                .clock(Clock.fixed(now, ZoneOffset.UTC))
                .build();
        Tokens.Signer signer = by("SHA256withRSA", rsa.getPrivate());
        long seconds = now.getEpochSecond();

        String late = token(RS256, with(claims(), "exp", seconds - 50), signer);
        accepts(authenticator, late);
        assertThat(user(authenticator, late).expiresAt()).isEqualTo(now.plusSeconds(10));
        refuses(exact, late, "Expired");
        refuses(authenticator, token(RS256, with(claims(), "exp", seconds - 70), signer), "Expired");
        refuses(authenticator, token(RS256, with(claims(), "exp", Long.MIN_VALUE), signer), "");

        Map<String, Object> good = with(claims(), "exp", seconds + 3600);
        String early = token(RS256, with(good, "nbf", seconds + 50), signer);
        accepts(authenticator, early);
        refuses(exact, early, "before");
        refuses(authenticator, token(RS256, with(good, "nbf", seconds + 70), signer), "before");
    }

    @Test
    void expiryAndPrincipalCanBeChosen() throws Exception {
        JwtAuthenticator authenticator = builder()
                .keyFile(file(pem(rsa.getPublic())))
                .requireExpiry(false)
                .principalClaim("email")
                .audience("second")
                .build();
        Map<String, Object> claims = with(with(claims(), "exp", null), "email", "alice@example.org");
        claims.put("aud", "second");
        claims.put("roles", List.of("reader", Map.of("a", 1)));

        JwtUser user = user(authenticator, token(RS256, claims, by("SHA256withRSA", rsa.getPrivate())));
        assertThat(user.getName()).isEqualTo("alice@example.org");
        assertThat(user).hasToString("alice@example.org");
        assertThat(user.expiresAt()).isEqualTo(Instant.MAX);
        assertThat(user.claims()).containsKeys("iss", "aud", "sub", "email", "roles");
        assertThat(user.claim("roles")).isEqualTo(List.of("reader", Map.of("a", 1L)));
        assertThat(user.claim("none")).isNull();
        assertThatThrownBy(() -> user.claims().put("admin", true)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((List<?>) user.claim("roles")).clear())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(user).isEqualTo(new JwtUser("alice@example.org", Map.of(), Instant.MIN));
    }

    @Test
    void readsTheFileAnew() throws Exception {
        Path keys = file(pem(rsa.getPublic()));
        JwtAuthenticator authenticator = builder().keyFile(keys).build();
        String old = token(RS256, claims(), by("SHA256withRSA", rsa.getPrivate()));
        String next = token(Map.of("alg", "EdDSA"), claims(), by("Ed25519", ed.getPrivate()));
        accepts(authenticator, old);
        refuses(authenticator, next, "fits no key");

        Files.writeString(keys, "garbage");
        assertThatThrownBy(authenticator::reload).isInstanceOf(InvalidTargetException.class);
        accepts(authenticator, old);

        Files.writeString(keys, pem(ed.getPublic()));
        authenticator.reload();
        accepts(authenticator, next);
        refuses(authenticator, old, "fits no key");
    }

    @Test
    void refusesFilesThatAreOfNoUse() throws Exception {
        unusable("", "expected is a JWK set");
        unusable("hello", "expected is a JWK set");
        unusable("{", "malformed JWK set");
        unusable("{\"keys\":[]}", "has no keys");
        unusable("{\"keys\":[{\"kty\":\"RSA\"}]}", "");
        unusable(json(with(jwk("r", rsa.getPublic()), "use", "enc")), "its use is enc");
        unusable(json(with(jwk("r", rsa.getPublic()), "alg", "HS256")), "HS256 does not fit");
        unusable(
                json(with(
                        jwk("d", ed.getPublic()), "d", jwk(null, ed.getPublic()).get("x"))),
                "has a private key");
        unusable(pem("PRIVATE KEY", rsa.getPrivate().getEncoded()), "kind PRIVATE KEY; expected is PUBLIC KEY");
        unusable(pem("PUBLIC KEY", new byte[] {1, 2, 3}), "malformed");
        unusable("-----BEGIN PUBLIC KEY-----", "malformed PEM");
        unusable(pem(Tokens.rsa(1024).getPublic()), "1024 bits; at least 2048");
        assertThatThrownBy(() -> builder().keyFile(folder.resolve("none")).build())
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("none cannot be read");
        assertThatThrownBy(
                        () -> builder().secretFile(file(pem(rsa.getPublic()))).build())
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("not a JWK set or PEM");
    }

    private void unusable(String content, String reason) throws Exception {
        Path file = file(content);
        assertThatThrownBy(() -> builder().keyFile(file).build())
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
    }

    @Test
    void needsKeysIssuerAndAudience() throws Exception {
        Path keys = file(pem(rsa.getPublic()));
        assertThatThrownBy(() -> builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("keys are needed");
        assertThatThrownBy(() ->
                        JwtAuthenticator.builder().keyFile(keys).issuer(ISSUER).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("an issuer and an audience");
        assertThatThrownBy(() -> JwtAuthenticator.builder()
                        .keyFile(keys)
                        .audience(AUDIENCE)
                        .build())
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> builder().keyFile(keys).secretFile(keys)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> builder().keysUrl(URI.create("http://issuer.example/keys")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https://");
        assertThatThrownBy(() -> builder().clockSkew(Duration.ofHours(2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().issuer(" ")).isInstanceOf(IllegalArgumentException.class);
    }
}
