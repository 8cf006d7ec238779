/** Authentication of callers by JSON Web Tokens. */
module dev.parley.jwt {
    requires transitive dev.parley.core;
    requires com.nimbusds.jose.jwt;
    requires java.net.http;
    requires org.slf4j;

    exports dev.parley.jwt;
}
