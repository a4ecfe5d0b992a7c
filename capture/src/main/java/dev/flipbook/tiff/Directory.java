package dev.flipbook.tiff;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;

/**
 * The first directory of a TIFF, which tells how to read the first picture: each value lies within the file, or there is none. Directories
 * after it, and those that it leads to, are never read. Confined to one thread.
 */
final class Directory {

    private static final int ENTRY = 12;

    /** How many bytes a value has, by the number of its type. The types 0 and above 13 are not known. */
    private static final int[] SIZES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

    private static final int BYTE = 1;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int UNDEFINED = 7;

    private final ByteBuffer file;
    private final int begin;
    private final Map<Tag, Value> values = new EnumMap<>(Tag.class);

    /**
     * @param entry where its entry begins
     * @param at where its first number is
     */
    private record Value(int entry, int type, int count, int at) {}

    /**
     * @param file the whole file, from its first byte to its last
     * @throws IOException when there is none that lies within the file; the message is for the user
     */
    Directory(ByteBuffer file) throws IOException {
        this.file = file.order(file.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long said = file.limit() < 8 ? 0 : file.getInt(4) & 0xFFFFFFFFL;
        if (said < 8 || said + 2 > file.limit()) {
            throw new IOException("the TIFF is cut off or damaged: its directory is not in it");
        }
        begin = (int) said;
        int entries = file.getShort(begin) & 0xFFFF;
        if (begin + 2 + entries * ENTRY + 4 > file.limit()) {
            throw new IOException("the TIFF is cut off or damaged: its directory is not whole");
        }
        for (int i = 0; i < entries; i++) {
            add(begin + 2 + i * ENTRY);
        }
    }

    private void add(int entry) throws IOException {
        Tag tag = Tag.of(file.getShort(entry) & 0xFFFF).orElse(null);
        int type = file.getShort(entry + 2) & 0xFFFF;
        if (tag == null || type == 0 || type >= SIZES.length) {
            return;
        }
        long count = file.getInt(entry + 4) & 0xFFFFFFFFL;
        long bytes = count * SIZES[type];
        long at = bytes <= 4 ? entry + 8 : file.getInt(entry + 8) & 0xFFFFFFFFL;
        if (count == 0 || at + bytes > file.limit()) {
            throw new IOException("the TIFF is cut off or damaged: its " + tag + " is not in it");
        }
        values.putIfAbsent(tag, new Value(entry, type, (int) count, (int) at));
    }

    boolean has(Tag tag) {
        return values.containsKey(tag);
    }

    void forget(Tag tag) {
        values.remove(tag);
    }

    /** How many numbers there are; 0 without the tag. */
    int count(Tag tag) {
        Value value = values.get(tag);
        return value == null ? 0 : value.count;
    }

    /** One number that is not negative. */
    long number(Tag tag, int index) throws IOException {
        Value value = values.get(tag);
        if (value == null || index >= value.count) {
            throw new IOException("the TIFF is damaged: it lacks its " + tag);
        }
        return switch (value.type) {
            case BYTE, UNDEFINED -> file.get(value.at + index) & 0xFF;
            case SHORT -> file.getShort(value.at + 2 * index) & 0xFFFF;
            case LONG -> file.getInt(value.at + 4 * index) & 0xFFFFFFFFL;
            default -> throw new IOException("the TIFF is damaged: its " + tag + " is not a number");
        };
    }

    /** The first number, or this one without the tag. */
    long numberOr(long otherwise, Tag tag) throws IOException {
        return has(tag) ? number(tag, 0) : otherwise;
    }

    /** All bytes of a value that is kept as bytes. */
    byte[] bytes(Tag tag) {
        Value value = values.get(tag);
        if (value == null || SIZES[value.type] != 1) {
            return new byte[0];
        }
        byte[] bytes = new byte[value.count];
        file.get(value.at, bytes);
        return bytes;
    }

    /** A copy of the file that has this directory only, and in it what is known here. */
    byte[] alone() {
        byte[] copy = new byte[file.limit()];
        file.get(0, copy);
        ByteBuffer alone = ByteBuffer.wrap(copy).order(file.order());
        alone.putShort(begin, (short) values.size());
        int to = begin + 2;
        for (Value value : values.values()) { // in the order of their numbers, as the format asks
            file.get(value.entry, copy, to, ENTRY);
            to += ENTRY;
        }
        alone.putInt(to, 0); // no other directory follows
        return copy;
    }
}
