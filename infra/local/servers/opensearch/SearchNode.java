import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.opensearch.Version;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/**
 * Runs one OpenSearch node in this JVM. The one argument is its home, whose config/ holds opensearch.yml and
 * log4j2.properties. Modules and plugins come from the class path: the distribution's launcher, which wants each in
 * a folder of its own, is not published as an artifact.
 */
public final class SearchNode {
  private record Extension(String name, String className, String... extended) {
    PluginInfo describe() throws ClassNotFoundException {
      // A plugin that is missing would only be logged, and its features found missing much later.
      Class.forName(className, false, SearchNode.class.getClassLoader());
      String java = Integer.toString(Runtime.version().feature());
      return new PluginInfo(
          name, "from the class path", "NA", Version.CURRENT, java, className, null, List.of(extended), false);
    }
  }

  private static final List<Extension> EXTENSIONS = List.of(
      new Extension("transport-netty4", "org.opensearch.transport.Netty4ModulePlugin"),
      new Extension("lang-painless", "org.opensearch.painless.PainlessModulePlugin"),
      new Extension("lang-expression", "org.opensearch.script.expression.ExpressionModulePlugin"),
      new Extension("lang-mustache", "org.opensearch.script.mustache.MustacheModulePlugin"),
      new Extension("analysis-common", "org.opensearch.analysis.common.CommonAnalysisModulePlugin", "lang-painless"),
      new Extension("mapper-extras", "org.opensearch.index.mapper.MapperExtrasModulePlugin"),
      new Extension("ingest-common", "org.opensearch.ingest.common.IngestCommonModulePlugin", "lang-painless"),
      new Extension("parent-join", "org.opensearch.join.ParentJoinModulePlugin"),
      new Extension("reindex", "org.opensearch.index.reindex.ReindexModulePlugin"),
      new Extension("opensearch-knn", "org.opensearch.knn.plugin.KNNPlugin", "lang-painless"));

  /** Node's own constructor looks for plugins on disk; the one that takes them is for subclasses. */
  private static final class ClassPathNode extends Node {
    ClassPathNode(Environment environment, Collection<PluginInfo> plugins) {
      super(environment, plugins, false);
    }
  }

  public static void main(String[] arguments) {
    try {
      start(Path.of(arguments[0]).toAbsolutePath());
    } catch (Throwable failure) {
      failure.printStackTrace();
      // The threads of a half-started node would keep the JVM alive.
      Runtime.getRuntime().halt(1);
    }
  }

  private static void start(Path home) throws Exception {
    Settings settings = Settings.builder().put("path.home", home.toString()).build();
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home.resolve("config"), () -> "certus");
    LogConfigurator.registerErrorListener();
    LogConfigurator.configure(environment);
    List<PluginInfo> plugins = new ArrayList<>();
    for (Extension extension : EXTENSIONS) plugins.add(extension.describe());
    Node node = new ClassPathNode(environment, plugins);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, stopped)));
    node.start();
    // All the node's own threads are daemons: without this one the JVM would end here.
    stopped.await();
  }

  private static void stop(Node node, CountDownLatch stopped) {
    try {
      node.close();
      node.awaitClose(20, TimeUnit.SECONDS);
    } catch (Exception failure) {
      failure.printStackTrace();
    } finally {
      stopped.countDown();
    }
  }
}
