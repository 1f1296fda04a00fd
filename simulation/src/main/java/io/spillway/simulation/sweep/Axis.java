package io.spillway.simulation.sweep;

import io.spillway.failure.BadInputException;
import java.util.Arrays;
import java.util.List;

/**
 * One parameter of a sweep.
 *
 * @param name the parameter's name
 * @param values as people write them, one at least, each once
 */
public record Axis(String name, List<String> values) {
    public Axis {
        values = List.copyOf(values);
    }

    /**
     * What is written as {@code load=0.5,0.7,0.9}.
     *
     * @param text that
     * @return the axis
     * @throws BadInputException if it is none
     */
    public static Axis parse(String text) {
        int at = text.indexOf('=');
        List<String> values = at < 1
                ? List.of()
                : Arrays.stream(text.substring(at + 1).split(",", -1))
                        .map(String::strip)
                        .distinct()
                        .toList();
        if (values.isEmpty() || values.contains("")) {
            throw new BadInputException(null, "--sweep is such as load=0.5,0.7,0.9, not '%s'".formatted(text));
        }
        return new Axis(Parameter.parse(text.substring(0, at)).toString(), values);
    }

    Parameter parameter() {
        return Parameter.parse(name);
    }
}
