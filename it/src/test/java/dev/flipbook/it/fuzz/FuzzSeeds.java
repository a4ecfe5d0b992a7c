package dev.flipbook.it.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Small files of real encoders, with which a fuzzer begins. The {@code ffmpeg} program makes them when they are needed.
 */
final class FuzzSeeds {

    private static final String STILL = "-frames:v 1 ";

    /** The options of ffmpeg for each kind, in one or several ways. */
    private static final Map<String, List<String>> OPTIONS = options();

    private final Path folder;

    FuzzSeeds(Path folder) {
        this.folder = folder;
    }

    private static Map<String, List<String>> options() {
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        kinds.put("jpg", List.of(STILL + "-pix_fmt yuvj420p", STILL + "-pix_fmt gray"));
        kinds.put("png", List.of(STILL, STILL + "-pix_fmt rgba64be", STILL + "-pix_fmt pal8"));
        kinds.put("apng", List.of("-t 0.3 -f apng"));
        kinds.put("gif", List.of(STILL, "-t 0.3"));
        kinds.put("bmp", List.of(STILL, STILL + "-pix_fmt pal8"));
        kinds.put(
                "webp",
                List.of(
                        STILL + "-c:v libwebp",
                        STILL + "-c:v libwebp -lossless 1",
                        STILL + "-c:v libwebp -pix_fmt yuva420p",
                        "-t 0.3 -c:v libwebp_anim"));
        kinds.put(
                "tiff",
                List.of(
                        STILL + "-compression_algo lzw",
                        STILL + "-compression_algo deflate",
                        STILL + "-compression_algo raw -pix_fmt rgb48le",
                        STILL + "-pix_fmt yuv420p",
                        STILL + "-pix_fmt gray16le"));
        kinds.put(
                "avif",
                List.of(
                        STILL + "-c:v libaom-av1 -still-picture 1 -cpu-used 8",
                        STILL + "-c:v libaom-av1 -still-picture 1 -cpu-used 8 -pix_fmt yuv444p10le",
                        "-t 0.2 -c:v libaom-av1 -cpu-used 8"));
        kinds.put("jp2", List.of(STILL, STILL + "-pix_fmt gray"));
        kinds.put("qoi", List.of(STILL));
        kinds.put("pgm", List.of(STILL, STILL + "-pix_fmt gray16be"));
        kinds.put("ppm", List.of(STILL));
        kinds.put(
                "mp4",
                List.of(
                        "-t 1 -c:v libx264 -preset ultrafast",
                        "-t 1 -c:v libx265 -preset ultrafast",
                        "-t 1 -c:v mpeg4"));
        kinds.put("mkv", List.of("-t 1 -c:v libx264 -preset ultrafast", "-t 1 -c:v libvpx-vp9 -deadline realtime"));
        kinds.put("webm", List.of("-t 1 -c:v libvpx -deadline realtime -auto-alt-ref 0 -pix_fmt yuva420p"));
        kinds.put("ts", List.of("-t 1 -c:v libx264 -preset ultrafast", "-t 1 -c:v mpeg2video"));
        kinds.put("flv", List.of("-t 1 -c:v libx264 -preset ultrafast"));
        kinds.put("avi", List.of("-t 1 -c:v mjpeg -pix_fmt yuvj420p", "-t 1 -c:v mpeg4"));
        kinds.put("y4m", List.of("-t 0.4 -pix_fmt yuv420p -f yuv4mpegpipe"));
        kinds.put("mpjpeg", List.of("-t 0.4 -pix_fmt yuvj420p -f mpjpeg"));
        kinds.put("mjpeg", List.of("-t 0.4 -pix_fmt yuvj420p -f mjpeg"));
        return kinds;
    }

    /** @throws IOException when none can be made here */
    List<byte[]> of(String kind) throws IOException, InterruptedException {
        List<byte[]> seeds = new ArrayList<>();
        if (kind.equals("heic")) { // ffmpeg makes none
            Path kept = Path.of(System.getProperty("flipbook.home"), "capture/src/test/resources");
            for (String name : List.of("quarters.heic", "tiles.heic", "tiles-turned.heic")) {
                seeds.add(Files.readAllBytes(kept.resolve(name)));
            }
            return seeds;
        }
        List<String> ways = OPTIONS.getOrDefault(kind, List.of());
        for (int i = 0; i < ways.size(); i++) {
            Path file = folder.resolve("seed" + i + "." + kind);
            if (made(file, ways.get(i))) {
                seeds.add(Files.readAllBytes(file));
            }
        }
        if (seeds.isEmpty()) {
            throw new IOException("ffmpeg makes no " + kind + " here");
        }
        return seeds;
    }

    private static boolean made(Path file, String options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "quiet", "-y", "-f", "lavfi"));
        command.addAll(List.of("-i", "testsrc2=s=96x64:r=10"));
        command.addAll(List.of(options.strip().split(" +")));
        command.add(file.toString());
        Process ffmpeg = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return ffmpeg.waitFor() == 0 && Files.exists(file) && Files.size(file) > 0;
    }
}
