package dev.parley.internal;

import dev.parley.InvalidTargetException;

/** oslo.messaging's version rule: major equal, minor not below, revision only compared when the minors are the same. */
public final class Versions {
    private Versions() {}

    /** Whether what implements one version can serve a request for another. */
    public static boolean compatible(String implemented, String requested) {
        int[] has = parts(implemented);
        int[] wants = parts(requested);
        return has[0] == wants[0] && (has[1] > wants[1] || (has[1] == wants[1] && has[2] >= wants[2]));
    }

    private static int[] parts(String version) {
        String[] texts = version.split("\\.", -1);
        if (texts.length == 2 || texts.length == 3) {
            try {
                return new int[] {
                    Integer.parseInt(texts[0]),
                    Integer.parseInt(texts[1]),
                    texts.length == 3 ? Integer.parseInt(texts[2]) : 0
                };
            } catch (NumberFormatException e) {
                // Told below.
            }
        }
        throw new InvalidTargetException("version '" + version + "' is not of the form major.minor, such as 2.0");
    }
}
