package dev.flipbook.it.fuzz;

import dev.flipbook.machine.RtpRecording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Fuzzes the running program with changed pictures, videos and packets. Meanwhile a viewer of another feed counts the
 * pictures that it misses. The exit code is 1 if the program died, hung, answered 5xx or printed a stack trace, or if
 * the viewer missed a picture. CONTRIBUTING says how to run the fuzzer.
 */
final class Fuzz {

    private static final List<String> PUBLISHED = List.of(
            "jpg", "png", "apng", "gif", "bmp", "webp", "tiff", "avif", "heic", "jp2", "qoi", "pgm", "ppm", "y4m",
            "mjpeg", "mpjpeg");

    private static final List<String> FILES = List.of("mp4", "mkv", "webm", "ts", "flv", "avi", "gif", "apng", "avif");

    private static final List<String> TCP = List.of("ts", "mkv", "flv");

    /** The options of ffmpeg for each kind of packets. */
    private static final Map<String, String> RTP = new LinkedHashMap<>();

    static {
        RTP.put("h264", "-c:v libx264 -preset ultrafast -tune zerolatency -g 5");
        RTP.put("h265", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=5:repeat-headers=1");
        RTP.put("jpeg", "-c:v mjpeg -pix_fmt yuvj420p -huffman default");
        RTP.put("mpeg4", "-c:v mpeg4 -g 5");
        RTP.put("mpeg2", "-c:v mpeg2video -g 5");
        RTP.put("vp8", "-c:v libvpx -deadline realtime -g 5");
        RTP.put("vp9", "-c:v libvpx-vp9 -deadline realtime -g 5 -strict experimental");
        RTP.put("av1", "-c:v libx264 -preset ultrafast -tune zerolatency -g 5"); // and is called AV1
    }

    private Fuzz() {}

    /**
     * Fuzzes one target after the other.
     *
     * @param arguments the seconds for each target, the random seed, the folder for inputs that break something, and
     *     the targets; all targets if none is named
     */
    public static void main(String[] arguments) throws Exception {
        long seconds = Long.parseLong(arguments[0]);
        long seed = Long.parseLong(arguments[1]);
        Path finds = Path.of(arguments[2]).toAbsolutePath();
        List<String> targets = new ArrayList<>(List.of(arguments).subList(3, arguments.length));
        if (targets.isEmpty()) {
            PUBLISHED.forEach(kind -> targets.add("put-" + kind));
            FILES.forEach(kind -> targets.add("file-" + kind));
            TCP.forEach(kind -> targets.add("tcp-" + kind));
            RTP.keySet().forEach(kind -> targets.add("rtp-" + kind));
        }
        boolean bad = false;
        System.out.println(FuzzCounts.head());
        long all = 0;
        for (String target : targets) {
            FuzzCounts counts = new FuzzCounts(target, finds);
            Path folder = Files.createTempDirectory("flipbook-fuzz");
            long deadline = System.nanoTime() + seconds * 1_000_000_000L;
            target(target, folder, new Random(seed), counts, deadline).run();
            System.out.println(counts);
            all += counts.inputs.get();
            bad |= counts.isBad();
        }
        System.out.println(all + " inputs; what was found is in " + finds
                + (Files.exists(finds) ? "" : ", of which there is nothing"));
        System.exit(bad ? 1 : 0);
    }

    private static FuzzTarget target(String name, Path folder, Random random, FuzzCounts counts, long deadline)
            throws IOException, InterruptedException {
        String way = name.replaceFirst("-.*", "");
        String kind = name.replaceFirst(".*?-", "");
        return switch (way) {
            case "put" -> new FuzzPublished(new FuzzSeeds(folder).of(kind), random, counts, deadline);
            case "file", "tcp" ->
                new FuzzOpened(
                        new FuzzSeeds(folder).of(kind), random, counts, deadline, folder, kind, way.equals("tcp"));
            case "rtp" -> new FuzzCamera(recording(kind, folder), random, counts, deadline);
            default -> throw new IOException("there is no target " + name + "; they are put-jpg, file-mp4, rtp-h264 …");
        };
    }

    private static RtpRecording recording(String kind, Path folder) throws IOException, InterruptedException {
        String options = RTP.get(kind);
        if (options == null) {
            throw new IOException("there is no target rtp-" + kind + "; they are rtp- and one of " + RTP.keySet());
        }
        RtpRecording made = RtpRecording.of(folder, options.split(" "));
        return kind.equals("av1") ? new RtpRecording(made.sdp().replace("H264/", "AV1/"), made.packets()) : made;
    }
}
