package dev.parley.broker.virtualhost;

import java.util.List;

/** What users say about a virtual host; it changes nothing. Immutable. */
public record VirtualHostMetadata(String description, List<String> tags) {
    /** Copies the tags. */
    public VirtualHostMetadata {
        tags = List.copyOf(tags);
    }
}
