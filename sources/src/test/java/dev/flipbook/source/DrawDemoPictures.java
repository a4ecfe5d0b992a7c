package dev.flipbook.source;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Draws the emulated camera's three pictures into the folder that its argument names: a digit of strokes, so that no
 * font is needed, on red, green and blue. The outer 60 pixels on the left and right have the plain colour of the
 * background.
 */
final class DrawDemoPictures {

    private static final List<Color> GROUNDS = List.of(new Color(0xC0392B), new Color(0x1E8449), new Color(0x2260B0));

    private DrawDemoPictures() {}

    public static void main(String[] args) throws IOException {
        List<Shape> digits = List.of(one(), two(), three());
        for (int i = 0; i < digits.size(); i++) {
            BufferedImage image = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            graphics.setColor(GROUNDS.get(i));
            graphics.fillRect(0, 0, 320, 240);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(Color.WHITE);
            graphics.setStroke(new BasicStroke(26, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            graphics.draw(digits.get(i));
            graphics.dispose();
            write(image, Path.of(args[0], i + 1 + ".jpg"));
        }
    }

    private static Shape one() {
        Path2D path = new Path2D.Double();
        path.moveTo(128, 78);
        path.lineTo(166, 48);
        path.lineTo(166, 192);
        path.moveTo(128, 192);
        path.lineTo(204, 192);
        return path;
    }

    private static Shape two() {
        Path2D path = new Path2D.Double();
        path.moveTo(114, 88);
        path.curveTo(116, 34, 206, 34, 206, 88);
        path.curveTo(206, 130, 140, 150, 114, 192);
        path.lineTo(208, 192);
        return path;
    }

    private static Shape three() {
        Path2D path = new Path2D.Double();
        path.moveTo(118, 70);
        path.curveTo(134, 38, 202, 40, 202, 82);
        path.curveTo(202, 106, 182, 116, 152, 116);
        path.curveTo(186, 116, 210, 128, 210, 156);
        path.curveTo(210, 202, 130, 206, 114, 166);
        return path;
    }

    private static void write(BufferedImage image, Path file) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (var bytes = Files.newOutputStream(file);
                var out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(0.9f);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        } finally {
            writer.dispose();
        }
    }
}
