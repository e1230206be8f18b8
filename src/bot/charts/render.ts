// A chart as a PNG: drawn to SVG without a browser, then to pixels. A font that is not named makes all text vanish without
// a word, so the font files come along and the system's are never asked for.
import { createRequire } from 'node:module';
import { renderAsync } from '@resvg/resvg-js';
import type { EChartsCoreOption, EChartsType, init } from 'echarts';

/** What a phone shows at full width, twice as fine as its points. */
const size = { width: 640, height: 400 } as const;
const scale = 2;

const require = createRequire(import.meta.url);
const fontFiles = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'].map((file) =>
  require.resolve(`@expo-google-fonts/inter/${file}`),
);

/** Good to tell apart on light and dark chats, also by people who see few colours. */
export const chartColours = {
  good: '#2e9e6b',
  bad: '#d5503e',
  waiting: '#e0a030',
  calm: '#4a7fc1',
  quiet: '#98a2b3',
} as const;

const baseOption: EChartsCoreOption = {
  animation: false,
  backgroundColor: '#ffffff',
  textStyle: { fontFamily: 'Inter', fontSize: 15, color: '#344054' },
  color: Object.values(chartColours),
  grid: { left: 24, right: 24, top: 96, bottom: 24, containLabel: true },
};

type Chart = Pick<EChartsType, 'setOption' | 'renderToSVGString' | 'dispose'>;

// Loaded at the first chart: it takes a tenth of a second, and its bundle in one file a tenth of what its modules take.
let initChart: typeof init | undefined;
async function openChart(): Promise<Chart> {
  if (initChart === undefined) {
    const bundle: unknown = await import('echarts/dist/echarts.esm.min.mjs' as string);
    initChart = (bundle as { init: typeof init }).init;
  }
  return initChart(null, null, { renderer: 'svg', ssr: true, ...size });
}

/** The chart as PNG bytes. Its options are those of ECharts; font, colours and margins are given. */
export async function renderChart(option: EChartsCoreOption): Promise<Uint8Array> {
  const chart = await openChart();
  try {
    chart.setOption({ ...baseOption, ...option });
    const image = await renderAsync(chart.renderToSVGString(), {
      fitTo: { mode: 'zoom', value: scale },
      font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'Inter' },
    });
    return image.asPng();
  } finally {
    chart.dispose();
  }
}

/** The heading that every chart has: what it shows, and under it in what unit or of which time. */
export function chartTitle(text: string, subtext: string): EChartsCoreOption {
  return {
    left: 24,
    top: 14,
    text,
    subtext,
    textStyle: { fontFamily: 'Inter', fontSize: 20, fontWeight: 600, color: '#101828' },
    subtextStyle: { fontFamily: 'Inter', fontSize: 14, color: '#667085' },
  };
}
