package dev.parley.xmlrpc.format;

import tools.jackson.core.FormatFeature;

/**
 * Extensions of XML-RPC that can be written, although the specification does not have them and a peer may not read
 * them. Reading is always lenient.
 */
public enum XmlRpcWriteFeature implements FormatFeature {
    /**
     * Writes {@code null} as {@code <nil/>}. Enabled by default: every Python since 2.5 reads it, whatever its
     * {@code allow_none}, and so do Node, Perl, Ruby and PHP; Apache XML-RPC reads it only with its extensions enabled.
     * If disabled, writing {@code null} is an error.
     */
    NIL(true, 1),

    /**
     * Writes whole numbers that do not fit the largest integer enabled, 32 bits or {@link #I8}'s 64, as
     * {@code <biginteger>}. Disabled by default: only Python since 3.6 and Apache XML-RPC's extensions know it. If
     * disabled, writing such a number is an error.
     */
    BIGINTEGER(false, 8),

    /**
     * Writes whole numbers that do not fit 32 bits as {@code <i8>}. Disabled by default: the specification has no
     * numbers of that size, and a peer may read a different number. If disabled, writing such a number is an error; it
     * can be sent as text or as a double.
     */
    I8(false, 2),

    /**
     * Writes characters beyond ASCII as references by number, so that a document reads the same in every
     * encoding that a peer takes it for. Disabled by default.
     */
    ASCII(false, 4);

    private final boolean enabledByDefault;
    private final int mask;

    XmlRpcWriteFeature(boolean enabledByDefault, int mask) {
        this.enabledByDefault = enabledByDefault;
        this.mask = mask;
    }

    @Override
    public boolean enabledByDefault() {
        return enabledByDefault;
    }

    @Override
    public int getMask() {
        return mask;
    }

    @Override
    public boolean enabledIn(int flags) {
        return (flags & mask) != 0;
    }

    /** The mask of the features that are enabled by default. */
    static int defaults() {
        int defaults = 0;
        for (XmlRpcWriteFeature feature : values()) {
            defaults |= feature.enabledByDefault ? feature.mask : 0;
        }
        return defaults;
    }
}
