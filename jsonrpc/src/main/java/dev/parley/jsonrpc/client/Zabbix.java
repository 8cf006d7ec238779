package dev.parley.jsonrpc.client;

import java.util.Locale;
import java.util.Set;

/** What is particular about the Zabbix API, recognised by its path: four methods must be called without credentials. */
final class Zabbix {
    private static final String PATH = "api_jsonrpc.php";

    private static final Set<String> PUBLIC =
            Set.of("apiinfo.version", "user.login", "user.checkauthentication", "settings.getglobal");

    private Zabbix() {}

    static boolean isPath(String path) {
        return path.endsWith("/" + PATH);
    }

    static boolean isPublic(String method) {
        return PUBLIC.contains(method.toLowerCase(Locale.ROOT));
    }
}
