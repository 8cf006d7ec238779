package dev.parley.xmlrpc.format;

import tools.jackson.core.FormatFeature;

/** What the specification of XML-RPC does not have and a peer may not read. Reading is always lenient. */
public enum XmlRpcWriteFeature implements FormatFeature {
    /**
     * Writes {@code null} as {@code <nil/>}. On by default: every Python since 2.5 reads it, whatever its {@code allow_none}, and so do Node, Perl, Ruby and PHP;
     * Apache XML-RPC does not without its extensions. When it is off, {@code null} is an error.
     */
    NIL(true, 1),

    /**
     * Writes whole numbers beyond 32 bits as {@code <i8>}. Off by default: the specification has no number of that size, and a peer may read a wrong one. When it
     * is off, such a number is an error; a text or a double can carry it.
     */
    I8(false, 2);

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

    static int defaults() {
        int defaults = 0;
        for (XmlRpcWriteFeature feature : values()) {
            defaults |= feature.enabledByDefault ? feature.mask : 0;
        }
        return defaults;
    }
}
