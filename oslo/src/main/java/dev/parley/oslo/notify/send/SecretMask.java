package dev.parley.oslo.notify.send;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Replaces secrets by {@code ***}, as oslo.utils does: the values of members whose names contain certain words, and in
 * text what follows such a word as an option, an assignment, a JSON or Python member or an XML element. Unlike there,
 * everything inside an object or array that has such a name is replaced. Immutable.
 */
final class SecretMask {
    private static final String MASK = "***";

    /** The words of oslo.utils 10. */
    private static final List<String> WORDS = List.of(
            "adminpass",
            "admin_pass",
            "password",
            "admin_password",
            "auth_token",
            "new_pass",
            "auth_password",
            "secret_uuid",
            "secret",
            "sys_pswd",
            "token",
            "configdrive",
            "chappassword",
            "encrypted_key",
            "private_key",
            "fernetkey",
            "sslkey",
            "passphrase",
            "cephclusterfsid",
            "octaviaheartbeatkey",
            "rabbitcookie",
            "cephmanilaclientkey",
            "pacemakerremoteauthkey",
            "designaterndckey",
            "cephadminkey",
            "heatauthencryptionkey",
            "cephclientkey",
            "keystonecredential",
            "barbicansimplecryptokek",
            "cephrgwkey",
            "swifthashsuffix",
            "migrationsshkey",
            "cephmdskey",
            "cephmonkey",
            "chapsecret");

    private static final String WORD = "(?:" + String.join("|", WORDS) + ")[0-9]*";
    private static final int FLAGS = Pattern.CASE_INSENSITIVE;

    /** What comes before the secret is group 1. Possessive, so that no text takes more than linear time. */
    private static final List<Pattern> PATTERNS = List.of(
            // 'password': 'secret', "user_password" : u"secret", also with the quotes escaped
            Pattern.compile("(" + WORD + "\\\\*+[\"']\\s*+:\\s*+u?\\\\*+\")(?:[^\"\\\\]|\\\\[^\"])++", FLAGS),
            Pattern.compile("(" + WORD + "\\\\*+[\"']\\s*+:\\s*+u?\\\\*+')[^'\\\\]++", FLAGS),
            // password = "secret", password "secret"
            Pattern.compile("(" + WORD + "(?:\\s*+=\\s*+|\\s++)\")[^\"]++", FLAGS),
            Pattern.compile("(" + WORD + "(?:\\s*+=\\s*+|\\s++)')[^']++", FLAGS),
            // password=secret, also in a URL
            Pattern.compile("(" + WORD + "\\s*+=\\s*+)[^\\s\"'&]++", FLAGS),
            // --password secret
            Pattern.compile("(--[\\w-]{0,64}" + WORD + "\\s++)[^\\s\"'=-][^\\s\"']*+", FLAGS),
            // password: secret, a header or YAML
            Pattern.compile("(" + WORD + ":[ \\t]*+)[^\\s\"',{\\[][^\\s\"',]*+", FLAGS),
            // <password>secret</password>
            Pattern.compile("(<" + WORD + ">)[^<]++", FLAGS));

    /** The password in a URL. */
    private static final Pattern URL = Pattern.compile("(://[^/\\s:@\"']{0,256}:)[^/\\s@\"']++(?=@)");

    private SecretMask() {}

    /** A copy of a JSON value without its secrets. */
    static JsonNode mask(JsonNode value) {
        return mask(value, false);
    }

    private static JsonNode mask(JsonNode value, boolean secret) {
        return switch (value) {
            case ObjectNode object -> {
                ObjectNode masked = JsonNodeFactory.instance.objectNode();
                object.properties()
                        .forEach(member -> masked.set(
                                member.getKey(), mask(member.getValue(), secret || isSecret(member.getKey()))));
                yield masked;
            }
            case ArrayNode array -> {
                ArrayNode masked = JsonNodeFactory.instance.arrayNode();
                array.forEach(item -> masked.add(mask(item, secret)));
                yield masked;
            }
            default -> {
                if (secret) {
                    yield value.isNull() ? value : JsonNodeFactory.instance.stringNode(MASK);
                }
                yield value.isString() ? JsonNodeFactory.instance.stringNode(mask(value.stringValue())) : value;
            }
        };
    }

    private static boolean isSecret(String name) {
        return containsWord(name.toLowerCase(Locale.ROOT));
    }

    private static boolean containsWord(String lowerCase) {
        return WORDS.stream().anyMatch(lowerCase::contains);
    }

    /** Text without its secrets. */
    static String mask(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String masked = text.contains("://") ? URL.matcher(text).replaceAll("$1***") : text;
        if (containsWord(text.toLowerCase(Locale.ROOT))) {
            for (Pattern pattern : PATTERNS) {
                masked = pattern.matcher(masked).replaceAll("$1***");
            }
        }
        return masked;
    }
}
