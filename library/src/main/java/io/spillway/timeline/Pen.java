package io.spillway.timeline;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes elements of SVG. Numbers have one digit after the point, text is made fit for XML. */
final class Pen {
    private static final String SVG = "http://www.w3.org/2000/svg";

    private final StringWriter text = new StringWriter();
    private final XMLStreamWriter xml;

    Pen() {
        try {
            xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
        } catch (XMLStreamException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** Begins an element; the attributes are names and values in turn. */
    Pen open(String element, Object... attributes) {
        return write(() -> {
            xml.writeCharacters("\n");
            xml.writeStartElement(element);
            if (element.equals("svg")) {
                xml.writeDefaultNamespace(SVG);
            }
            attributes(attributes);
        });
    }

    /** An element without content. */
    Pen draw(String element, Object... attributes) {
        return write(() -> {
            xml.writeCharacters("\n");
            xml.writeEmptyElement(element);
            attributes(attributes);
        });
    }

    /** A rectangle, left open for its tooltip. */
    Pen rect(double x, double y, double width, double height, Object... more) {
        Object[] all = new Object[8 + more.length];
        System.arraycopy(new Object[] {"x", x, "y", y, "width", width, "height", height}, 0, all, 0, 8);
        System.arraycopy(more, 0, all, 8, more.length);
        return open("rect", all);
    }

    /** A line along that path. */
    Pen path(String way, Object... more) {
        Object[] all = new Object[2 + more.length];
        all[0] = "d";
        all[1] = way;
        System.arraycopy(more, 0, all, 2, more.length);
        return draw("path", all);
    }

    static String at(double x, double y) {
        return number(x) + " " + number(y);
    }

    /** An element of words within the line. */
    Pen say(String element, String words, Object... attributes) {
        return write(() -> {
            xml.writeStartElement(element);
            attributes(attributes);
            xml.writeCharacters(Text.clean(words));
            xml.writeEndElement();
        });
    }

    /** Words at a place. */
    Pen text(double x, double y, String words, Object... attributes) {
        return write(() -> {
            xml.writeCharacters("\n");
            xml.writeStartElement("text");
            attributes("x", x, "y", y);
            attributes(attributes);
            xml.writeCharacters(Text.clean(words));
            xml.writeEndElement();
        });
    }

    Pen close() {
        return write(xml::writeEndElement);
    }

    private void attributes(Object... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            Object value = attributes[i + 1];
            xml.writeAttribute(
                    attributes[i].toString(),
                    value instanceof Double number ? number(number) : Text.clean(value.toString()));
        }
    }

    static String number(double value) {
        return BigDecimal.valueOf(value)
                .setScale(1, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    private interface Writing {
        void write() throws XMLStreamException;
    }

    private Pen write(Writing writing) {
        try {
            writing.write();
            return this;
        } catch (XMLStreamException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** All that was written; nothing can be added. */
    String done() {
        write(xml::writeEndDocument);
        return text + "\n";
    }
}
