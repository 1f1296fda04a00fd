package io.spillway.timeline;

import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * How a timeline is drawn. The same timeline gives the same bytes of SVG; the pixels of a PNG depend on the machine's
 * fonts.
 *
 * @param title what stands above it, such as the site's name
 * @param width its width in pixels, 600 to 10000; the height follows from the lanes
 * @param zone whose clock it shows
 */
public record Picture(String title, int width, ZoneId zone) {
    private static final int DEFAULT_WIDTH = 1280;

    public Picture {
        if (width < 600 || width > 10_000) {
            throw new BadInputException(null, "a picture is 600 to 10000 pixels wide, not " + width);
        }
    }

    /**
     * A picture of the usual width that shows universal time.
     *
     * @param title what stands above it
     * @return how to draw it
     */
    public static Picture of(String title) {
        return new Picture(title, DEFAULT_WIDTH, ZoneOffset.UTC);
    }

    /**
     * Draws it.
     *
     * @param timeline what happened
     * @return SVG 1.1, readable without colours, each thing with a tooltip
     */
    public String svg(Timeline timeline) {
        return new SvgWriter(timeline, this).svg();
    }

    /**
     * Draws it in pixels; works without a display.
     *
     * @param timeline what happened
     * @param scale pixels for one of the SVG's, such as 2
     * @return PNG
     * @throws FailedException if this machine has no fonts
     */
    public byte[] png(Timeline timeline, double scale) {
        return png(svg(timeline), scale);
    }

    /**
     * Turns a timeline that was drawn as SVG into pixels.
     *
     * @param svg what {@link #svg} made, here or elsewhere
     * @param scale pixels for one of the SVG's, such as 2
     * @return PNG
     * @throws FailedException if this machine has no fonts, or it is no SVG
     */
    public static byte[] png(String svg, double scale) {
        return Png.of(svg, scale);
    }
}
