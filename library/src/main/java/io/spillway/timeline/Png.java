package io.spillway.timeline;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.FloatSize;
import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;

/** From SVG to pixels. */
final class Png {
    /** A picture of 100 nodes at twice its size has a tenth of it. */
    private static final double MOST_PIXELS = 100e6;

    private Png() {}

    static byte[] of(String svg, double scale) {
        if (!(scale > 0) || scale > 16) {
            throw new BadInputException(null, "a picture's scale is over 0 and at most 16, not " + scale);
        }
        SVGDocument document = new SVGLoader()
                .load(
                        new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)),
                        null,
                        LoaderContext.createDefault());
        if (document == null) {
            throw new FailedException(null, "that is no SVG");
        }
        try {
            return png(document, scale);
        } catch (IOException | RuntimeException | LinkageError failed) {
            throw new FailedException(
                    null,
                    "no PNG can be drawn here (%s); install fontconfig and a font such as fonts-dejavu-core, or take the SVG"
                            .formatted(failed),
                    failed);
        }
    }

    private static byte[] png(SVGDocument document, double scale) throws IOException {
        FloatSize size = document.size();
        double fits = Math.min(scale, Math.sqrt(MOST_PIXELS / (size.width * (double) size.height)));
        BufferedImage image = new BufferedImage(
                (int) Math.ceil(size.width * fits), (int) Math.ceil(size.height * fits), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.scale(fits, fits);
            document.render(null, graphics);
        } finally {
            graphics.dispose();
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }
}
