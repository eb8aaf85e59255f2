import java.io.*;
import java.util.*;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;
import org.verapdf.pdfa.validation.profiles.*;
import org.w3c.dom.*;

/**
 * Checks PDF files: VeraCheck FLAVOUR|claimed FILE… prints one line a file and one a failed rule, tab-separated.
 * Without files it stays, and reads from standard input: a file a line, or a flavour, a tab and a file.
 */
public class VeraCheck {
    static final Map<PDFAFlavour, ValidationProfile> PROFILES = new HashMap<>();

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour asked = args[0].equals("claimed") ? null : PDFAFlavour.fromString(args[0]);
        for (String path : Arrays.copyOfRange(args, 1, args.length)) report(path, asked, out);
        if (args.length == 1) serve(asked, out);
        out.println("end");
    }

    /** One file a line from standard input; "done" after each. */
    static void serve(PDFAFlavour usual, PrintStream out) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split("\t", 2);
            PDFAFlavour asked = parts.length < 2 ? usual : PDFAFlavour.fromString(parts[0]);
            report(parts[parts.length - 1], asked, out);
            out.println("done");
        }
    }

    static void report(String path, PDFAFlavour asked, PrintStream out) {
        out.println("file\t" + path);
        try {
            for (String failure : check(new File(path), asked)) out.println("failure\t" + failure);
        } catch (Exception error) {
            out.println("failure\tunreadable\t" + oneLine(error.toString()));
        }
    }

    static Set<String> check(File file, PDFAFlavour asked) throws Exception {
        VeraPDFFoundry foundry = Foundries.defaultInstance();
        try (PDFAParser parser = asked == null ? foundry.createParser(file) : foundry.createParser(file, asked)) {
            List<PDFAFlavour> flavours = asked == null ? parser.getFlavours() : List.of(asked);
            if (flavours.isEmpty()) return Set.of("claim\tThe file does not claim to be PDF/A.");
            Set<String> failures = new TreeSet<>();
            for (PDFAFlavour flavour : flavours) {
                ValidationProfile profile = PROFILES.get(flavour);
                if (profile == null) PROFILES.put(flavour, profile = profile(flavour));
                try (PDFAValidator validator = foundry.createValidator(profile, false)) {
                    for (TestAssertion test : validator.validate(parser).getTestAssertions())
                        if (test.getStatus() == TestAssertion.Status.FAILED) failures.add(failure(test));
                }
            }
            return failures;
        }
    }

    static String failure(TestAssertion test) {
        String message = test.getErrorMessage() == null ? test.getMessage() : test.getErrorMessage();
        return test.getRuleId().getClause() + "-" + test.getRuleId().getTestNumber() + "\t" + oneLine(message);
    }

    /** The profile of a flavour, read by hand: the packaged jar lacks the XML binding that veraPDF itself uses. */
    static ValidationProfile profile(PDFAFlavour flavour) throws Exception {
        String id = flavour.getId().toUpperCase(Locale.ROOT);
        String name = id.startsWith("UA") ? "PDFUA-" + id.substring(2) : "PDFA-" + id;
        Document xml;
        try (InputStream in = PDFAFlavour.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name + ".xml")) {
            xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
        }
        Set<Rule> rules = new LinkedHashSet<>();
        for (Element rule : all(xml.getDocumentElement(), "rule")) rules.add(rule(rule));
        Set<Variable> variables = new LinkedHashSet<>();
        for (Element v : all(xml.getDocumentElement(), "variable"))
            variables.add(Profiles.variableFromValues(v.getAttribute("name"), v.getAttribute("object"),
                text(v, "defaultValue"), text(v, "value")));
        ProfileDetails details = Profiles.profileDetailsFromValues(name, name, "veraPDF", new Date(0));
        return Profiles.profileFromValues(flavour, details, "", rules, variables);
    }

    static Rule rule(Element rule) {
        Element id = all(rule, "id").get(0);
        List<ErrorArgument> arguments = new ArrayList<>();
        for (Element argument : all(rule, "argument"))
            arguments.add(ErrorArgumentImpl.fromValues(argument.getTextContent(), argument.getAttribute("name"), null));
        return Profiles.ruleFromValues(
            Profiles.ruleIdFromValues(PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber"))),
            rule.getAttribute("object"), rule.hasAttribute("deferred") ? Boolean.valueOf(rule.getAttribute("deferred")) : null,
            rule.getAttribute("tags"), text(rule, "description"), text(rule, "test"),
            Profiles.errorFromValues(text(rule, "message"), arguments), List.of());
    }

    static List<Element> all(Element parent, String tag) {
        NodeList nodes = parent.getElementsByTagName(tag);
        List<Element> found = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) found.add((Element) nodes.item(i));
        return found;
    }

    static String text(Element parent, String tag) {
        return all(parent, tag).get(0).getTextContent();
    }

    static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
