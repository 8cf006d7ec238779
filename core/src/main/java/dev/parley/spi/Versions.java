package dev.parley.spi;

import dev.parley.InvalidTargetException;

/**
 * oslo.messaging's rule of compatible versions: the majors are equal, the minor is not lower, and the revision counts
 * only if the minors are equal.
 */
public final class Versions {
    private Versions() {}

    /**
     * Whether an implementation of one version can serve a request for another.
     *
     * @throws InvalidTargetException if one of them is not of the form {@code major.minor} or {@code
     *     major.minor.revision}
     */
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
                // Reported below.
            }
        }
        throw new InvalidTargetException("version '" + version + "' is not of the form major.minor, such as 2.0");
    }
}
