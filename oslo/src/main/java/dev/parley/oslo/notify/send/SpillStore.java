package dev.parley.oslo.notify.send;

import dev.parley.oslo.notify.SpillSync;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The notifications on disk, by their place in the order, in a file of H2's MVStore. It locks the file, appends in a
 * log-structured way, and reuses the space of what was removed. Not thread-safe.
 */
final class SpillStore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SpillStore.class);
    private static final String FILE = "notifications.mv";
    private static final int FORMAT = 1;
    private static final int PAGE_BYTES = 4096;
    private static final int CACHE_MEGABYTES = 4;
    private static final long SYNC_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Overwritten only after the next sync: a disk may write in another order than it was told. */
    private static final int RETENTION_MILLIS = 2_000;

    private final MVStore store;
    private final MVMap<Long, byte[]> entries;
    private final SpillSync sync;
    private final long limit;
    private long bytes;
    private long syncedNanos = System.nanoTime();
    private boolean unsynced;

    private SpillStore(MVStore store, MVMap<Long, byte[]> entries, SpillSync sync, long limit, long bytes) {
        this.store = store;
        this.entries = entries;
        this.sync = sync;
        this.limit = limit;
        this.bytes = bytes;
    }

    /**
     * Opens the file in a folder, which is created if necessary. A corrupt file is renamed and left there, with an
     * error in the log.
     *
     * @param limit the maximum number of bytes of all notifications
     * @throws IllegalArgumentException if the folder cannot be used, or another notifier uses it
     */
    static SpillStore open(Path folder, SpillSync sync, long limit) {
        Path file = folder.resolve(FILE);
        try {
            Files.createDirectories(folder);
            createForOwner(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot keep notifications in " + folder + ": " + e, e);
        }
        try {
            return openFile(file, sync, limit);
        } catch (MVStoreException e) {
            if (e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
                throw new IllegalArgumentException("another notifier uses " + folder + "; each needs its own", e);
            }
            if (e.getErrorCode() != DataUtils.ERROR_FILE_CORRUPT
                    && e.getErrorCode() != DataUtils.ERROR_UNSUPPORTED_FORMAT
                    && e.getErrorCode() != DataUtils.ERROR_CHUNK_NOT_FOUND) {
                throw new IllegalArgumentException("cannot keep notifications in " + folder + ": " + e.getMessage(), e);
            }
            return afterCorruption(file, sync, limit, e);
        }
    }

    private static SpillStore afterCorruption(Path file, SpillSync sync, long limit, MVStoreException cause) {
        Path aside = file.resolveSibling(FILE + ".corrupt-" + System.currentTimeMillis());
        try {
            Files.move(file, aside);
            createForOwner(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " is corrupt and cannot be renamed: " + e, e);
        }
        log.error("{} is corrupt; its notifications are not sent. It was renamed to {}", file, aside, cause);
        return openFile(file, sync, limit);
    }

    /** Notifications may contain what not everybody should read. */
    private static void createForOwner(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            return;
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(
                    file, EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
    }

    private static SpillStore openFile(Path file, SpillSync sync, long limit) {
        MVStore store = new MVStore.Builder()
                .fileName(file.toString())
                .pageSplitSize(PAGE_BYTES)
                .cacheSize(CACHE_MEGABYTES)
                .open();
        try {
            store.setRetentionTime(RETENTION_MILLIS);
            store.setVersionsToKeep(0);
            // With these types nothing in the file can name a class.
            MVMap<Long, byte[]> entries = store.openMap(
                    "notifications",
                    new MVMap.Builder<Long, byte[]>()
                            .keyType(LongDataType.INSTANCE)
                            .valueType(ByteArrayDataType.INSTANCE));
            long bytes = 0;
            // Reads everything once, so that corruption is found now.
            for (Cursor<Long, byte[]> each = entries.cursor(null); each.hasNext(); ) {
                each.next();
                decode(each.getKey(), each.getValue());
                bytes += each.getValue().length;
            }
            return new SpillStore(store, entries, sync, limit, bytes);
        } catch (RuntimeException e) {
            store.closeImmediately();
            throw e;
        }
    }

    /** The highest number, 0 if there is nothing. */
    long lastNumber() {
        Long last = entries.lastKey();
        return last == null ? 0 : last;
    }

    int count() {
        return Math.toIntExact(entries.sizeAsLong());
    }

    /**
     * Adds notifications, in the order of their numbers, and returns those that would exceed the limit.
     *
     * @throws MVStoreException if the disk fails
     */
    List<OutboxEntry> put(List<OutboxEntry> added) {
        List<OutboxEntry> tooMany = new ArrayList<>();
        for (OutboxEntry entry : added) {
            byte[] value = encode(entry);
            if (bytes + value.length > limit) {
                tooMany.add(entry);
            } else {
                bytes += value.length;
                entries.put(entry.number(), value);
            }
        }
        store.commit();
        unsynced = true;
        if (sync == SpillSync.ALWAYS) {
            sync();
        }
        return tooMany;
    }

    /** The first notification from this number on, {@code null} if there is none. */
    @Nullable
    OutboxEntry read(long from) {
        Long number = entries.ceilingKey(from);
        byte[] value = number == null ? null : entries.get(number);
        return number == null || value == null ? null : decode(number, value);
    }

    /** Removes notifications. A crash within a second may bring them back. */
    void remove(Collection<Long> numbers) {
        for (Long number : numbers) {
            byte[] value = entries.remove(number);
            if (value != null) {
                bytes -= value.length;
            }
        }
        unsynced = true;
    }

    /** Forces the file to disk if it is time to. */
    void tick() {
        if (sync == SpillSync.COMMIT && unsynced && System.nanoTime() - syncedNanos > SYNC_NANOS) {
            sync();
        }
    }

    private void sync() {
        store.commit();
        store.sync();
        syncedNanos = System.nanoTime();
        unsynced = false;
    }

    /** After a failure of the disk: gives the file up as it is. */
    void abandon() {
        store.closeImmediately();
    }

    @Override
    public void close() {
        store.close();
    }

    private static byte[] encode(OutboxEntry entry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(entry.body().length + 64);
        try (DataOutputStream data = new DataOutputStream(bytes)) {
            data.writeByte(FORMAT);
            String exchange = entry.exchange();
            data.writeBoolean(exchange != null);
            data.writeUTF(exchange == null ? "" : exchange);
            data.writeUTF(entry.topic());
            data.writeUTF(entry.priority());
            data.write(entry.body());
        } catch (IOException e) {
            throw new IllegalArgumentException("a topic or an exchange is too long: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    private static OutboxEntry decode(long number, byte[] value) {
        try (DataInputStream data = new DataInputStream(new ByteArrayInputStream(value))) {
            int format = data.readByte();
            if (format != FORMAT) {
                throw new IOException("format " + format + " instead of " + FORMAT);
            }
            boolean hasExchange = data.readBoolean();
            String exchange = data.readUTF();
            String topic = data.readUTF();
            String priority = data.readUTF();
            OutboxEntry entry = new OutboxEntry(
                    number,
                    hasExchange ? exchange : null,
                    topic,
                    priority,
                    data.readAllBytes(),
                    System.nanoTime() + OutboxEntry.MAX_NANOS);
            entry.onDisk = true;
            return entry;
        } catch (IOException e) {
            throw new MVStoreException(
                    DataUtils.ERROR_FILE_CORRUPT, "notification " + number + " is unreadable: " + e.getMessage());
        }
    }
}
