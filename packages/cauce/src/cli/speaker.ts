export { speakerOf, type CountedText, type Speaker } from '../model/speaker.ts'
