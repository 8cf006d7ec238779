package dev.parley.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A file of lines {@code NAME:…} that only its owner may read. Stateless. */
final class SecretFile {
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    private SecretFile() {}

    /**
     * Writes the line of a name into a file, which is replaced as a whole, so that a server that reads it meanwhile
     * never sees a part of it. A new file is for its owner only.
     *
     * @param replace whether other lines of the name are removed
     * @return whether there were such lines
     * @throws CommandException if the file cannot be read or written
     */
    static boolean put(Path file, String name, String line, boolean replace) {
        Path target = file.toAbsolutePath();
        try {
            boolean exists = Files.exists(target);
            List<String> lines = new ArrayList<>(exists ? Files.readAllLines(target) : List.of());
            boolean known = lines.stream().anyMatch(each -> each.startsWith(name + ":"));
            if (replace) {
                lines.removeIf(each -> each.startsWith(name + ":"));
            }
            lines.add(line);
            boolean posix = Files.getFileStore(target.getParent()).supportsFileAttributeView("posix");
            Set<PosixFilePermission> permissions = posix && exists ? Files.getPosixFilePermissions(target) : OWNER;
            FileAttribute<?>[] attributes = posix
                    ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                    : new FileAttribute<?>[0];
            Path written = Files.createTempFile(target.getParent(), target.getFileName() + ".", ".new", attributes);
            try {
                Files.write(written, lines, StandardCharsets.UTF_8);
                if (posix) {
                    Files.setPosixFilePermissions(written, permissions);
                }
                Files.move(written, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(written);
            }
            return known;
        } catch (IOException e) {
            throw CommandException.usage(file + " cannot be written: " + e, e);
        }
    }
}
